# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who may do what: roles have scopes, keys have some of them, routes ask for one."""

import logging

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.access import require
from app.auth.scopes import SCOPES, Scope
from app.auth.tokens import digest_of
from app.config import Settings
from app.main import create_app
from app.models import ApiKey, Role, UserCredential
from tests.auth.people import add_person, anonymous, signed_in

KEY = "a key that one test knows"
PATH = "/for-staff"


@pytest.fixture
def app(settings: Settings, app: FastAPI) -> FastAPI:
    """An application with a route that asks for a scope."""
    own = create_app(settings)
    own.add_api_route(PATH, read_nothing, dependencies=[require(Scope.USERS)])
    own.state.sessions = app.state.sessions
    return own


def read_nothing() -> None:
    """Let in who gets here."""


async def add_key(session: AsyncSession, user_id: int, scopes: list[str]) -> None:
    key = {"name": "a machine", "prefix": "", "digest": digest_of(KEY), "scopes": scopes}
    session.add(ApiKey(user_id=user_id, **key))
    await session.commit()


async def use_key(app: FastAPI) -> int:
    """Ask for the route by the key, and return the status."""
    async with anonymous(app) as client:
        response = await client.get(PATH, headers={"X-API-Key": KEY})
    return response.status_code


def test_each_role_says_what_it_may_do() -> None:
    assert set(SCOPES) == set(Role)


def test_staff_may_do_everything_and_members_little_of_it() -> None:
    assert SCOPES[Role.STAFF] == set(Scope)
    # {% if example == "shop" %}
    assert SCOPES[Role.MEMBER] == {Scope.SHOP}
    # {% else %}
    assert SCOPES[Role.MEMBER] == set()
    # {% endif %}


@pytest.mark.parametrize(("role", "status"), [(Role.STAFF, 200), (Role.MEMBER, 403)])
async def test_a_route_lets_in_who_has_its_scope(
    app: FastAPI,
    session: AsyncSession,
    role: Role,
    status: int,
) -> None:
    person = await add_person(session, role=role)

    async with signed_in(app, session, person["id"]) as client:
        response = await client.get(PATH)

    assert response.status_code == status


async def test_who_lacks_the_scope_is_told_its_name(app: FastAPI, session: AsyncSession) -> None:
    person = await add_person(session)

    async with signed_in(app, session, person["id"]) as client:
        response = await client.get(PATH)

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert Scope.USERS in response.json()["detail"]


async def test_who_is_refused_is_in_the_log(
    app: FastAPI,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = await add_person(session)
    await add_key(session, person["id"], [])
    headers = {"X-API-Key": KEY}

    caplog.set_level(logging.INFO, "app.auth")
    async with anonymous(app) as client:
        await client.get(PATH, headers=headers)
        await client.get("/auth/sessions", headers=headers)

    assert [text for text in caplog.messages if "refused" in text] == [
        f"access refused: user {person['id']}, without {Scope.USERS}",
        f"access refused: user {person['id']}, by an API key",
    ]
    assert KEY not in caplog.text


# {% if example == "shop" %}
async def test_one_of_several_scopes_is_enough(app: FastAPI, session: AsyncSession) -> None:
    either = [require(Scope.CATALOG, Scope.USERS)]
    app.add_api_route("/either", read_nothing, dependencies=either)
    person = await add_person(session, role=Role.STAFF)
    answers: list[tuple[int, str]] = []

    await add_key(session, person["id"], [])
    async with anonymous(app) as client:
        for scope in Scope:
            await session.execute(update(ApiKey).values(scopes=[scope.value]))
            await session.commit()
            response = await client.get("/either", headers={"X-API-Key": KEY})
            answers.append((response.status_code, scope))

    assert {scope for status, scope in answers if status == 200} == {Scope.CATALOG, Scope.USERS}
    assert {status for status, _ in answers} == {200, 403}


# {% endif %}
async def test_nobody_is_401_and_told_how_to_sign_in(app: FastAPI) -> None:
    async with anonymous(app) as client:
        response = await client.get(PATH)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "{{ 'Bearer' if auth == 'jwt' else 'Cookie' }}"
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": "unknown"}, {"Authorization": "Bearer unknown"}, {"Cookie": "__Host-session=x"}],
    ids=["API key", "token", "cookie"],
)
async def test_what_proves_nothing_is_401(app: FastAPI, headers: dict[str, str]) -> None:
    async with anonymous(app) as client:
        response = await client.get(PATH, headers=headers)

    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers


async def test_a_role_that_changes_counts_at_once(app: FastAPI, session: AsyncSession) -> None:
    person = await add_person(session, role=Role.STAFF)
    change = (
        update(UserCredential)
        .where(UserCredential.user_id == person["id"])
        .values(role=Role.MEMBER)
    )

    async with signed_in(app, session, person["id"]) as client:
        before = await client.get(PATH)
        await session.execute(change)
        await session.commit()
        after = await client.get(PATH)

    assert (before.status_code, after.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("scopes", "status"),
    [([Scope.USERS.value], 200), ([], 403)],
    ids=["all", "none"],
)
async def test_a_key_may_do_what_it_was_made_for_and_no_more(
    app: FastAPI,
    session: AsyncSession,
    scopes: list[str],
    status: int,
) -> None:
    person = await add_person(session, role=Role.STAFF)
    await add_key(session, person["id"], scopes)

    found = await use_key(app)

    assert found == status


async def test_a_key_loses_the_scope_that_its_user_loses(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session, role=Role.STAFF)
    await add_key(session, person["id"], [Scope.USERS.value])
    change = (
        update(UserCredential)
        .where(UserCredential.user_id == person["id"])
        .values(role=Role.MEMBER)
    )

    before = await use_key(app)
    await session.execute(change)
    await session.commit()
    after = await use_key(app)

    assert (before, after) == (200, 403)


@pytest.mark.parametrize(
    ("known", "status"),
    [([Scope.USERS.value], 200), ([], 403)],
    ids=["and a known one", "alone"],
)
async def test_a_scope_that_is_no_longer_known_is_ignored(
    app: FastAPI,
    session: AsyncSession,
    known: list[str],
    status: int,
) -> None:
    person = await add_person(session, role=Role.STAFF)
    await add_key(session, person["id"], ["forgotten:everything", *known])

    found = await use_key(app)

    assert found == status
# {% endcall %}
