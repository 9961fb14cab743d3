# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""No user reaches what is another's: every route that names an object, by the app's own list."""

from collections.abc import Collection

from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.people import add_person, anonymous, signed_in
from tests.auth.world import (
    BODIES,
    VARIABLE,
    World,
    add_world,
    everything,
    is_public,
    naming_operations,
)


async def try_all(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    world: World,
    refusals: Collection[int],
) -> dict[str, str]:
    """Try every request; return those that are neither refused nor public, or change anything."""
    wrong: dict[str, str] = {}
    before = await everything(session)
    for method, path in naming_operations(app):
        name = f"{method} {path}"
        response = await client.request(method, path.format(**world), json=BODIES.get(name))
        after = await everything(session)
        expected = {200} if is_public(method, path) else refusals
        if response.status_code not in expected or after != before:
            wrong[name] = f"{response.status_code} {response.text}"
    return wrong


async def test_every_variable_of_a_path_is_known(app: FastAPI, session: AsyncSession) -> None:
    world = await add_world(app, session)
    variables = {name for _, path in naming_operations(app) for name in VARIABLE.findall(path)}

    assert sorted(variables - world.keys()) == []


def test_every_body_belongs_to_a_route(application: FastAPI) -> None:
    names = {f"{method} {path}" for method, path in naming_operations(application)}

    assert sorted(BODIES.keys() - names) == []


async def test_another_user_reaches_nothing_and_changes_nothing(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    world, stranger = await add_world(app, session), await add_person(session)
    async with signed_in(app, session, stranger["id"]) as client:
        wrong = await try_all(app, client, session, world, {403, 404})

    assert wrong == {}


async def test_nobody_reaches_more_than_the_catalog_and_changes_nothing(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    world = await add_world(app, session)
    async with anonymous(app) as client:
        wrong = await try_all(app, client, session, world, {401})

    assert wrong == {}


async def test_the_same_requests_are_done_for_those_who_may(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    """Staff may, and what is of an account its owner: so no other rule refused them above."""
    wrong: dict[str, str] = {}
    for method, path in naming_operations(app):
        name = f"{method} {path}"
        world = await add_world(app, session)
        place, body = path.format(**world), BODIES.get(name)
        if path.startswith("/auth/"):
            async with signed_in(app, session, world["user_id"]) as owner:
                response = await owner.request(method, place, json=body)
        else:
            response = await client.request(method, place, json=body)
        if not response.is_success:
            wrong[name] = f"{response.status_code} {response.text}"

    assert wrong == {}
# {% endcall %}
