# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The catalog: everybody may read it, and only those may change it who have the scope."""

from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from tests.auth.people import add_person, anonymous, signed_in
from tests.auth.world import (
    CATALOG,
    World,
    add_world,
    everything,
    is_public,
    limit_scopes,
    operations,
)
from tests.factories import category_data


def reads(app: FastAPI) -> list[str]:
    """Return every path of the catalog that can be read."""
    return sorted(path for method, path in operations(app) if is_public(method, path))


def writes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every operation that changes the catalog."""
    own = [one for one in operations(app) if one[1].startswith(CATALOG)]
    return sorted(one for one in own if not is_public(*one))


async def try_writes(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    world: World,
) -> dict[str, int]:
    """Try to change the catalog in every way; return what was told. Nothing may change."""
    told: dict[str, int] = {}
    before = await everything(session)
    for method, path in writes(app):
        response = await client.request(method, path.format(**world), json={})
        told[f"{method} {path}"] = response.status_code
    after = await everything(session)
    assert after == before
    return told


def test_each_part_of_the_catalog_can_be_read_and_changed(application: FastAPI) -> None:
    for part in CATALOG:
        assert [path for path in reads(application) if path.startswith(part)]
        assert [path for _, path in writes(application) if path.startswith(part)]


async def test_it_is_read_without_signing_in(app: FastAPI, session: AsyncSession) -> None:
    world = await add_world(app, session)
    told: dict[str, int] = {}
    async with anonymous(app) as client:
        for path in reads(app):
            response = await client.get(path.format(**world))
            told[path] = response.status_code

    assert told == dict.fromkeys(told, 200)


async def test_nobody_changes_it_without_signing_in(app: FastAPI, session: AsyncSession) -> None:
    world = await add_world(app, session)
    async with anonymous(app) as client:
        told = await try_writes(app, client, session, world)

    assert told == dict.fromkeys(told, 401)


async def test_no_member_changes_it(app: FastAPI, session: AsyncSession) -> None:
    world, member = await add_world(app, session), await add_person(session)
    async with signed_in(app, session, member["id"]) as client:
        told = await try_writes(app, client, session, world)

    assert told == dict.fromkeys(told, 403)


async def test_a_key_of_staff_without_the_scope_does_not_change_it(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    await limit_scopes(session, Scope.USERS, Scope.ORDERS)
    refused = await client.post("/categories", json=category_data())
    await limit_scopes(session, Scope.CATALOG)
    done = await client.post("/categories", json=category_data())

    assert (refused.status_code, done.status_code) == (403, 201)
    assert refused.json()["detail"] == "This needs the scope catalog:write."
# {% endcall %}
