# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sessions: listed and revoked by their user only, and deleted once they are expired."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import orm, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
from app.models import Base, EmailToken, TokenPurpose, User, UserCredential, UserSession
# {% if auth == "jwt" %}
from app.models.auth import RefreshToken
# {% endif %}
from app.models.base import utc_now
from tests.auth.users import add_user, login
from tests.databases import migrated_database

SESSIONS = "/auth/sessions"
ME = "/auth/me"
UNKNOWN = 2**62
# The user whose API key `staff_client` sends.
STAFF_ID = 1
HOUR = timedelta(hours=1)
runner = CliRunner()


async def own_id(client: AsyncClient, headers: dict[str, str]) -> int:
    """Key of the session to which headers belong."""
    response = await client.get(SESSIONS, headers=headers)
    (found,) = [item["id"] for item in response.json()["items"] if item["current"]]
    key: int = found
    return key


async def status_of(client: AsyncClient, headers: dict[str, str]) -> int:
    """Status of a request with these headers."""
    response = await client.get(ME, headers=headers)
    return response.status_code


async def test_a_user_lists_the_own_sessions(client: AsyncClient, session: AsyncSession) -> None:
    user, other = [await add_user(session) for _ in range(2)]
    first = await login(client, user["email"])
    await login(client, other["email"])
    client.headers["User-Agent"] = "a second browser"
    second = await login(client, user["email"])

    response = await client.get(SESSIONS, headers=second)
    key = await own_id(client, first)

    page = response.json()
    assert (response.status_code, page["total"]) == (200, 2)
    assert [item["id"] == key for item in page["items"]] == [False, True]
    assert [item["current"] for item in page["items"]] == [True, False]
    assert page["items"][0]["client"] == "a second browser"
    assert page["items"][0].keys() == {
        "id",
        "client",
        "created_at",
        "last_used_at",
        "expires_at",
        "current",
    }


async def test_expired_sessions_are_not_listed(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)
    first = await login(client, user["email"])
    key = await own_id(client, first)
    second = await login(client, user["email"])
    expired = update(UserSession).where(UserSession.id == key).values(expires_at=utc_now())
    await session.execute(expired)
    await session.commit()

    response = await client.get(SESSIONS, headers=second)

    assert [item["current"] for item in response.json()["items"]] == [True]


async def test_logout_revokes_the_session_at_once(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers, another = [await login(client, user["email"]) for _ in range(2)]

    before = await status_of(client, headers)
    response = await client.post("/auth/logout", headers=headers)
    after = await status_of(client, headers)
    again = await client.post("/auth/logout", headers=headers)
    elsewhere = await status_of(client, another)

    assert (before, response.status_code, after) == (200, 204, 401)
    assert (again.status_code, elsewhere) == (401, 200)


async def test_a_revoked_session_stays_revoked_after_the_next_login(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    await client.post("/auth/logout", headers=headers)

    await login(client, user["email"])
    status = await status_of(client, headers)

    assert status == 401


async def test_a_user_revokes_one_session(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    stolen, third, own = [await login(client, user["email"]) for _ in range(3)]
    key = await own_id(client, stolen)

    response = await client.delete(f"{SESSIONS}/{key}", headers=own)
    statuses = [await status_of(client, headers) for headers in (stolen, third, own)]
    again = await client.delete(f"{SESSIONS}/{key}", headers=own)

    assert response.status_code == 204
    assert statuses == [401, 200, 200]
    assert again.status_code == 404


async def test_a_user_revokes_all_other_sessions(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user, other = [await add_user(session) for _ in range(2)]
    first, second, own = [await login(client, user["email"]) for _ in range(3)]
    of_other = await login(client, other["email"])

    response = await client.delete(SESSIONS, headers=own)
    statuses = [await status_of(client, headers) for headers in (first, second, own, of_other)]

    assert response.status_code == 204
    assert statuses == [401, 401, 200, 200]


async def test_the_session_of_another_user_is_404_and_stays(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user, other = [await add_user(session) for _ in range(2)]
    own = await login(client, user["email"])
    of_other = await login(client, other["email"])
    key = await own_id(client, of_other)

    paths = [f"{SESSIONS}/{number}" for number in (key, UNKNOWN)]
    responses = [await client.delete(path, headers=own) for path in paths]
    status = await status_of(client, of_other)

    assert [response.status_code for response in responses] == [404, 404]
    assert responses[0].json()["detail"] == f"Session {key} does not exist."
    assert status == 200


@pytest.mark.parametrize(
    "columns",
    [{"is_active": False}, {"deleted_at": utc_now()}],
    ids=["deactivated", "deleted"],
)
async def test_an_inactive_or_deleted_user_loses_access_at_once(
    client: AsyncClient,
    session: AsyncSession,
    columns: dict[str, object],
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])

    before = await status_of(client, headers)
    await session.execute(update(User).where(User.id == user["id"]).values(**columns))
    await session.commit()
    after = await status_of(client, headers)

    assert (before, after) == (200, 401)


async def test_a_user_without_credentials_loses_access_at_once(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])

    credential = await session.get_one(UserCredential, user["id"])
    await session.delete(credential)
    await session.commit()
    status = await status_of(client, headers)

    assert status == 401


async def test_a_session_expires(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    of_user = UserSession.user_id == user["id"]
    soon = utc_now() + timedelta(seconds=30)

    await session.execute(update(UserSession).where(of_user).values(expires_at=soon))
    await session.commit()
    before = await status_of(client, headers)
    await session.execute(update(UserSession).where(of_user).values(expires_at=utc_now()))
    await session.commit()
    after = await status_of(client, headers)

    assert (before, after) == (200, 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SESSIONS),
        ("DELETE", SESSIONS),
        ("DELETE", f"{SESSIONS}/1"),
        ("POST", "/auth/logout"),
    ],
)
async def test_api_keys_and_anonymous_clients_have_no_sessions(
    staff_client: AsyncClient,
    client: AsyncClient,
    method: str,
    path: str,
) -> None:
    by_api_key = await staff_client.request(method, path)
    anonymous = await client.request(method, path)

    assert (by_api_key.status_code, anonymous.status_code) == (403, 401)


async def test_openapi_names_the_schemes_of_credentials(app: FastAPI) -> None:
    document = app.openapi()
    schemes = document["components"]["securitySchemes"]
    used = [{*one} for one in document["paths"][SESSIONS]["get"]["security"]]

    assert used == [{"ApiKey"}, {"{{ 'AccessToken' if auth == 'jwt' else 'Session' }}"}]
    assert {name for one in used for name in one} <= schemes.keys()
    assert "security" not in document["paths"]["/auth/login"]["post"]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database to which DATABASE_URL points."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        yield settings
    load_settings.cache_clear()


def add(settings: Settings, *rows: Base) -> None:
    with orm.Session(build_migration_engine(settings), expire_on_commit=False) as session:
        session.add_all(rows)
        session.commit()


def stored(settings: Settings, column: Any) -> set[str]:
    with orm.Session(build_migration_engine(settings)) as session:
        return set(session.scalars(select(column)))


def new_session(name: str, expires_at: datetime) -> UserSession:
    values = {"client": name, "digest": name}
    known = {key: value for key, value in values.items() if key in UserSession.__table__.c}
    return UserSession(user_id=STAFF_ID, expires_at=expires_at, **known)


def new_token(name: str, expires_at: datetime) -> EmailToken:
    token = EmailToken(user_id=STAFF_ID, purpose=TokenPurpose.RESET, digest=name)
    token.expires_at = expires_at
    return token


def test_cleanup_deletes_expired_sessions_and_tokens_only(database: Settings) -> None:
    times = {"valid": utc_now() + HOUR, "expired": utc_now() - HOUR}
    add(database, *[new_session(name, time) for name, time in times.items()])
    add(database, *[new_token(name, time) for name, time in times.items()])

    result = runner.invoke(cli, ["db", "cleanup"])

    assert result.exit_code == 0
    assert "Deleted 2 expired sessions and tokens." in result.stdout
    assert stored(database, UserSession.client) == {"valid"}
    assert stored(database, EmailToken.digest) == {"valid"}


# {% if auth == "jwt" %}
def test_cleanup_deletes_refresh_tokens_with_their_session(database: Settings) -> None:
    for name, time in {"valid": utc_now() + HOUR, "expired": utc_now() - HOUR}.items():
        user_session = new_session(name, time)
        add(database, user_session)
        add(database, RefreshToken(session_id=user_session.id, digest=name))

    runner.invoke(cli, ["db", "cleanup"])

    assert stored(database, RefreshToken.digest) == {"valid"}
# {% else %}
def test_cleanup_deletes_idle_sessions(database: Settings) -> None:
    idle = new_session("idle", utc_now() + HOUR)
    idle.last_used_at = utc_now() - timedelta(minutes=31)
    add(database, idle, new_session("used", utc_now() + HOUR))

    runner.invoke(cli, ["db", "cleanup"])

    assert stored(database, UserSession.client) == {"used"}
# {% endif %}
# {% endcall %}
