# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What lies below a user's path is this user's; for anybody else that user does not exist."""

import logging

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from tests.auth.people import add_person, signed_in
from tests.auth.world import limit_scopes
from tests.factories import address_data, create_address
from tests.shop.orders.shopping import UNKNOWN, add_user
from tests.staff import key_of

LISTS = ["addresses", "orders"]


async def test_users_keep_their_own_addresses(app: FastAPI, session: AsyncSession) -> None:
    person = await add_person(session)
    async with signed_in(app, session, person["id"]) as client:
        created = await client.post(f"/users/{person['id']}/addresses", json=address_data())
        place = created.headers["Location"]
        changed = await client.patch(place, json={"city": "Paris"})
        found = await client.get(place)
        deleted = await client.delete(place)

    statuses = [one.status_code for one in (created, changed, found, deleted)]
    assert statuses == [201, 200, 200, 204]
    assert found.json()["city"] == "Paris"


@pytest.mark.parametrize("name", LISTS)
async def test_users_list_their_own(
    client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    user_id = await add_user(session)

    response = await client.get(f"/users/{user_id}/{name}", headers=key_of(user_id))

    assert (response.status_code, response.json()["total"]) == (200, 0)


@pytest.mark.parametrize("name", LISTS)
async def test_another_user_is_like_an_unknown_one(
    client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    stranger, user_id = key_of(await add_user(session)), await add_user(session)
    await create_address(client, user_id)

    for key in (user_id, UNKNOWN):
        response = await client.get(f"/users/{key}/{name}", headers=stranger)
        assert response.status_code == 404
        assert response.json()["detail"] == f"User {key} does not exist."


async def test_who_goes_there_is_in_the_log(
    client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stranger, user_id = await add_user(session), await add_user(session)

    with caplog.at_level(logging.INFO, "app.auth"):
        await client.get(f"/users/{user_id}/orders", headers=key_of(stranger))

    assert f"access refused: user {stranger}, below user {user_id}" in caplog.messages


async def test_what_is_wrong_with_a_body_does_not_tell_whether_a_user_exists(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    stranger, user_id = key_of(await add_user(session)), await add_user(session)

    for key in (user_id, UNKNOWN):
        response = await client.post(f"/users/{key}/addresses", json={}, headers=stranger)
        assert response.status_code == 404


async def test_an_address_of_another_user_is_not_found_below_the_own_path_either(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_user(session), await add_user(session)
    address = await create_address(client, other_id)

    path = f"/users/{user_id}/addresses/{address['id']}"
    response = await client.get(path, headers=key_of(user_id))

    assert response.status_code == 404


@pytest.mark.parametrize("name", LISTS)
async def test_a_key_of_staff_that_only_buys_goes_no_further(
    client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    user_id = await add_user(session)
    before = await client.get(f"/users/{user_id}/{name}")
    await limit_scopes(session, Scope.CATALOG, Scope.USERS, Scope.SHOP)

    after = await client.get(f"/users/{user_id}/{name}")

    assert (before.status_code, after.status_code) == (200, 404)


@pytest.mark.parametrize("path", ["/users", "/users/statistics", "/users/{}", "/users/email/x"])
async def test_users_are_not_for_members_not_even_the_own_one(
    client: AsyncClient,
    session: AsyncSession,
    path: str,
) -> None:
    user_id = await add_user(session)

    response = await client.get(path.format(user_id), headers=key_of(user_id))

    assert response.status_code == 403
    assert response.json()["detail"] == "This needs the scope users:manage."
# {% endcall %}
