# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access to the shop: every route, by the application's own list."""

from collections.abc import Collection

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.models import Product
from tests.auth.users import add_user, member_client
from tests.clients import open_client
from tests.shop.access import (
    BODIES,
    CATALOG,
    VARIABLE,
    OwnedRows,
    add_owned_rows,
    all_rows,
    is_public,
    limit_scopes,
    object_operations,
    operations,
)
from tests.shop.factories import add_customer, category_data, place_order, product_data

PRIVATE = ("/orders", "/transfers", "/users/{user_id}/")


async def try_object_routes(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    owned: OwnedRows,
    refusals: Collection[int],
) -> dict[str, str]:
    """Send every request; return those that are neither rejected nor public, or change a row."""
    wrong: dict[str, str] = {}
    before = await all_rows(session)
    for method, path in object_operations(app):
        name = f"{method} {path}"
        response = await client.request(method, path.format(**owned), json=BODIES.get(name))
        after = await all_rows(session)
        expected = {200} if is_public(method, path) else refusals
        if response.status_code not in expected or after != before:
            wrong[name] = f"{response.status_code} {response.text}"
    return wrong


async def test_every_path_parameter_has_a_value(app: FastAPI, session: AsyncSession) -> None:
    owned = await add_owned_rows(app, session)
    variables = {name for _, path in object_operations(app) for name in VARIABLE.findall(path)}

    assert sorted(variables - owned.keys()) == []


def test_every_body_belongs_to_a_route(application: FastAPI) -> None:
    names = {f"{method} {path}" for method, path in object_operations(application)}

    assert sorted(BODIES.keys() - names) == []


async def test_other_users_can_access_nothing_of_a_user(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    owned, other = await add_owned_rows(app, session), await add_user(session)
    async with member_client(app, session, other["id"]) as client:
        wrong = await try_object_routes(app, client, session, owned, {403, 404})

    assert wrong == {}


async def test_anonymous_client_can_access_only_the_catalog(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    owned = await add_owned_rows(app, session)
    async with open_client(app) as client:
        wrong = await try_object_routes(app, client, session, owned, {401})

    assert wrong == {}


async def test_authorized_clients_can_send_the_same_requests(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    """So nothing but access control rejects the requests of the tests above."""
    wrong: dict[str, str] = {}
    for method, path in object_operations(app):
        name = f"{method} {path}"
        owned = await add_owned_rows(app, session)
        place, body = path.format(**owned), BODIES.get(name)
        if path.startswith("/auth/"):
            async with member_client(app, session, owned["user_id"]) as owner:
                response = await owner.request(method, place, json=body)
        else:
            response = await staff_client.request(method, place, json=body)
        if not response.is_success:
            wrong[name] = f"{response.status_code} {response.text}"

    assert wrong == {}


def reads(app: FastAPI) -> list[str]:
    """Paths of the catalog that can be read."""
    return sorted(path for method, path in operations(app) if is_public(method, path))


def writes(app: FastAPI) -> list[tuple[str, str]]:
    """Operations that change the catalog."""
    own = [one for one in operations(app) if one[1].startswith(CATALOG)]
    return sorted(one for one in own if not is_public(*one))


async def try_writes(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    owned: OwnedRows,
) -> dict[str, int]:
    """Send every request that changes the catalog; return the statuses. No row changes."""
    statuses: dict[str, int] = {}
    before = await all_rows(session)
    for method, path in writes(app):
        response = await client.request(method, path.format(**owned), json={})
        statuses[f"{method} {path}"] = response.status_code
    after = await all_rows(session)
    assert after == before
    return statuses


def test_every_catalog_resource_has_reads_and_writes(application: FastAPI) -> None:
    for part in CATALOG:
        assert [path for path in reads(application) if path.startswith(part)]
        assert [path for _, path in writes(application) if path.startswith(part)]


async def test_anonymous_client_reads_the_catalog(app: FastAPI, session: AsyncSession) -> None:
    owned = await add_owned_rows(app, session)
    statuses: dict[str, int] = {}
    async with open_client(app) as client:
        for path in reads(app):
            response = await client.get(path.format(**owned))
            statuses[path] = response.status_code

    assert statuses == dict.fromkeys(statuses, 200)


async def test_anonymous_client_cannot_change_the_catalog(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    owned = await add_owned_rows(app, session)
    async with open_client(app) as client:
        statuses = await try_writes(app, client, session, owned)

    assert statuses == dict.fromkeys(statuses, 401)


async def test_member_cannot_change_the_catalog(app: FastAPI, session: AsyncSession) -> None:
    owned, member = await add_owned_rows(app, session), await add_user(session)
    async with member_client(app, session, member["id"]) as client:
        statuses = await try_writes(app, client, session, owned)

    assert statuses == dict.fromkeys(statuses, 403)


async def test_staff_key_without_catalog_scope_cannot_change_the_catalog(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    await limit_scopes(session, Scope.USERS, Scope.ORDERS)
    refused = await staff_client.post("/categories", json=category_data())
    await limit_scopes(session, Scope.CATALOG)
    done = await staff_client.post("/categories", json=category_data())

    assert (refused.status_code, done.status_code) == (403, 201)
    assert refused.json()["detail"] == "This requires the scope catalog:write."


async def try_private_routes(app: FastAPI, client: AsyncClient, owned: OwnedRows) -> dict[str, int]:
    """Send every request for what belongs to one user; return the statuses."""
    statuses: dict[str, int] = {}
    for method, path in operations(app):
        if path.startswith(PRIVATE):
            name = f"{method} {path}"
            body = BODIES.get(name, {})
            response = await client.request(method, path.format(**owned), json=body)
            statuses[name] = response.status_code
    return statuses


async def test_api_key_without_shop_scope_changes_nothing(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    owned = await add_owned_rows(app, session)
    await limit_scopes(session, Scope.CATALOG, Scope.USERS)
    before = await all_rows(session)

    statuses = await try_private_routes(app, staff_client, owned)
    after = await all_rows(session)

    assert len(statuses) >= 12
    assert set(statuses.values()) == {403}
    assert after == before


@pytest.mark.parametrize(("scopes", "status"), [([], 403), ([Scope.SHOP], 201)])
async def test_member_api_key_needs_the_shop_scope_to_order(
    staff_client: AsyncClient,
    session: AsyncSession,
    scopes: list[Scope],
    status: int,
) -> None:
    user_id = await add_customer(session)
    product = Product(**product_data(stock_quantity=5))
    session.add(product)
    await session.flush()
    await limit_scopes(session, *scopes)

    response = await place_order(staff_client, user_id, (product.id, 1))

    assert response.status_code == status
# {% endcall %}
