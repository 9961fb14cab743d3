# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Scopes: of roles, of API keys and of routes, and no way around them by a new email."""

import logging

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.dependencies import require_scopes
from app.auth.scopes import SCOPES, Scope
from app.auth.tokens import digest_of
from app.config import Settings
from app.main import create_app
from app.models import ApiKey, Role, User, UserCredential
from tests.auth.users import add_user, member_client
from tests.clients import open_client
from tests.factories import user_data

KEY = "a key that one test knows"
PATH = "/for-staff"
USERS_KEY = "a key that manages users"
NEW_EMAIL = "new@example.com"


@pytest.fixture
def app(settings: Settings, app: FastAPI) -> FastAPI:
    """An application with a route that needs a scope."""
    own = create_app(settings)
    own.add_api_route(PATH, read, dependencies=[require_scopes(Scope.USERS)])
    own.state.sessions = app.state.sessions
    return own


def read() -> None:
    """Answer."""


async def add_key(session: AsyncSession, user_id: int, scopes: list[str]) -> None:
    key = {"name": "a script", "prefix": "", "digest": digest_of(KEY), "scopes": scopes}
    session.add(ApiKey(user_id=user_id, **key))
    await session.commit()


async def use_key(app: FastAPI) -> int:
    """Request the route with the key; return the status."""
    async with open_client(app) as client:
        response = await client.get(PATH, headers={"X-API-Key": KEY})
    return response.status_code


def test_every_role_has_scopes() -> None:
    assert set(SCOPES) == set(Role)


def test_staff_have_all_scopes_and_members_few() -> None:
    assert SCOPES[Role.STAFF] == set(Scope)
    # {% if example == "shop" %}
    assert SCOPES[Role.MEMBER] == {Scope.SHOP}
    # {% else %}
    assert SCOPES[Role.MEMBER] == set()
    # {% endif %}


@pytest.mark.parametrize(("role", "status"), [(Role.STAFF, 200), (Role.MEMBER, 403)])
async def test_a_route_needs_its_scope(
    app: FastAPI,
    session: AsyncSession,
    role: Role,
    status: int,
) -> None:
    user = await add_user(session, role=role)

    async with member_client(app, session, user["id"]) as client:
        response = await client.get(PATH)

    assert response.status_code == status


async def test_the_error_names_the_missing_scope(app: FastAPI, session: AsyncSession) -> None:
    user = await add_user(session)

    async with member_client(app, session, user["id"]) as client:
        response = await client.get(PATH)

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert Scope.USERS in response.json()["detail"]


async def test_a_refused_request_is_in_the_security_log(
    app: FastAPI,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = await add_user(session)
    await add_key(session, user["id"], [])
    headers = {"X-API-Key": KEY}

    caplog.set_level(logging.INFO, "app.auth")
    async with open_client(app) as client:
        await client.get(PATH, headers=headers)
        await client.get("/auth/sessions", headers=headers)

    assert [text for text in caplog.messages if "authz_fail" in text] == [
        f"authz_fail: user {user['id']}, without {Scope.USERS}",
        f"authz_fail: user {user['id']}, by an API key",
    ]
    assert KEY not in caplog.text


async def test_an_anonymous_client_is_401_and_told_the_scheme(app: FastAPI) -> None:
    async with open_client(app) as client:
        response = await client.get(PATH)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "{{ 'Bearer' if auth == 'jwt' else 'Cookie' }}"
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": "unknown"}, {"Authorization": "Bearer unknown"}, {"Cookie": "__Host-session=x"}],
    ids=["API key", "token", "cookie"],
)
async def test_invalid_credentials_are_401(app: FastAPI, headers: dict[str, str]) -> None:
    async with open_client(app) as client:
        response = await client.get(PATH, headers=headers)

    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers


async def test_a_changed_role_applies_at_once(app: FastAPI, session: AsyncSession) -> None:
    user = await add_user(session, role=Role.STAFF)
    change = update(UserCredential).where(UserCredential.user_id == user["id"])

    async with member_client(app, session, user["id"]) as client:
        before = await client.get(PATH)
        await session.execute(change.values(role=Role.MEMBER))
        await session.commit()
        after = await client.get(PATH)

    assert (before.status_code, after.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("scopes", "status"),
    [([Scope.USERS.value], 200), ([], 403)],
    ids=["all", "none"],
)
async def test_an_api_key_has_only_its_own_scopes(
    app: FastAPI,
    session: AsyncSession,
    scopes: list[str],
    status: int,
) -> None:
    user = await add_user(session, role=Role.STAFF)
    await add_key(session, user["id"], scopes)

    found = await use_key(app)

    assert found == status


async def test_an_api_key_loses_the_scope_that_its_user_loses(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session, role=Role.STAFF)
    await add_key(session, user["id"], [Scope.USERS.value])
    change = update(UserCredential).where(UserCredential.user_id == user["id"])

    before = await use_key(app)
    await session.execute(change.values(role=Role.MEMBER))
    await session.commit()
    after = await use_key(app)

    assert (before, after) == (200, 403)


@pytest.mark.parametrize(
    ("known", "status"),
    [([Scope.USERS.value], 200), ([], 403)],
    ids=["and a known one", "alone"],
)
async def test_an_unknown_scope_is_ignored(
    app: FastAPI,
    session: AsyncSession,
    known: list[str],
    status: int,
) -> None:
    user = await add_user(session, role=Role.STAFF)
    await add_key(session, user["id"], ["unknown:everything", *known])

    found = await use_key(app)

    assert found == status


@pytest.fixture
async def users_client(client: AsyncClient, session: AsyncSession) -> AsyncClient:
    """A client with an API key of staff that can manage users, and do nothing else."""
    owner = await add_user(session, role=Role.STAFF)
    columns = {"name": "a script", "prefix": "", "digest": digest_of(USERS_KEY)}
    session.add(ApiKey(user_id=owner["id"], scopes=[Scope.USERS.value], **columns))
    await session.commit()
    client.headers["X-API-Key"] = USERS_KEY
    return client


async def test_a_key_can_change_other_fields_of_a_user_with_more_scopes(
    users_client: AsyncClient,
    session: AsyncSession,
) -> None:
    staff = await add_user(session, role=Role.STAFF)
    same = {"full_name": "New", "email": staff["email"]}

    response = await users_client.patch(f"/users/{staff['id']}", json=same)

    assert (response.status_code, response.json()["full_name"]) == (200, "New")


async def test_a_key_can_change_the_email_of_a_user_without_credentials(
    users_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = User(**user_data())
    session.add(user)
    await session.commit()

    response = await users_client.patch(f"/users/{user.id}", json={"email": NEW_EMAIL})

    assert (response.status_code, response.json()["email"]) == (200, NEW_EMAIL)


async def test_staff_can_change_the_email_of_staff(app: FastAPI, session: AsyncSession) -> None:
    staff, other = [await add_user(session, role=Role.STAFF) for _ in range(2)]

    async with member_client(app, session, staff["id"]) as client:
        response = await client.patch(f"/users/{other['id']}", json={"email": NEW_EMAIL})

    assert (response.status_code, response.json()["email"]) == (200, NEW_EMAIL)


# {% if example == "shop" %}
async def test_one_of_several_scopes_is_enough(app: FastAPI, session: AsyncSession) -> None:
    either = [require_scopes(Scope.CATALOG, Scope.USERS)]
    app.add_api_route("/either", read, dependencies=either)
    user = await add_user(session, role=Role.STAFF)
    answers: list[tuple[int, str]] = []

    await add_key(session, user["id"], [])
    async with open_client(app) as client:
        for scope in Scope:
            await session.execute(update(ApiKey).values(scopes=[scope.value]))
            await session.commit()
            response = await client.get("/either", headers={"X-API-Key": KEY})
            answers.append((response.status_code, scope))

    assert {scope for status, scope in answers if status == 200} == {Scope.CATALOG, Scope.USERS}
    assert {status for status, _ in answers} == {200, 403}


async def email_of(session: AsyncSession, user_id: int) -> str:
    user = await session.get_one(User, user_id, populate_existing=True)
    return user.email


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_key_cannot_change_the_email_of_a_user_with_more_scopes(
    users_client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    staff = await add_user(session, role=Role.STAFF)
    body = user_data(email=NEW_EMAIL) if method == "PUT" else {"email": NEW_EMAIL}

    with caplog.at_level(logging.INFO, "app.auth"):
        response = await users_client.request(method, f"/users/{staff['id']}", json=body)
    email = await email_of(session, staff["id"])

    assert response.status_code == 403
    assert response.json()["detail"].startswith("This user has scopes that you do not have")
    assert email == staff["email"]
    assert [text for text in caplog.messages if f"to the email of user {staff['id']}" in text]
# {% endif %}
# {% endcall %}
