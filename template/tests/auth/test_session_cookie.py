# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The session cookie: its attributes, its lifetime, and how it is deleted."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import COOKIE
from app.auth.tokens import digest_of
from app.models import UserSession
from app.models.base import utc_now
from tests.auth.doubles import override_state
from tests.auth.users import ANOTHER_PASSWORD, LOGIN, add_user, cookie, login, login_body
from tests.clients import open_client

ME = "/auth/me"
MINUTE = timedelta(minutes=1)


async def set_times(session: AsyncSession, user_id: int, **times: timedelta) -> None:
    """Set times of a user's session, relative to now."""
    values = {name: utc_now() + time for name, time in times.items()}
    statement = update(UserSession).where(UserSession.user_id == user_id).values(**values)
    await session.execute(statement)
    await session.commit()


async def last_use(session: AsyncSession, user_id: int) -> timedelta:
    """Time since the last use of a user's session."""
    statement = select(UserSession.last_used_at).where(UserSession.user_id == user_id)
    moment = await session.scalar(statement)
    assert moment is not None
    return utc_now() - moment


async def status_of(client: AsyncClient, headers: dict[str, str]) -> int:
    response = await client.get(ME, headers=headers)
    return response.status_code


async def test_the_cookie_is_host_only_secure_and_http_only(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"]))

    (header,) = response.headers.get_list("Set-Cookie")
    first, *attributes = header.split("; ")
    name, _, secret = first.partition("=")
    assert name == "__Host-session"
    assert sorted(attribute.lower() for attribute in attributes) == [
        "httponly",
        "path=/",
        "samesite=lax",
        "secure",
    ]
    assert response.json().keys() == {"csrf_token"}
    assert secret not in response.text


async def test_the_cookie_is_random_and_only_its_digest_is_stored(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    responses = [await client.post(LOGIN, json=login_body(user["email"])) for _ in range(2)]
    secrets = [response.cookies[COOKIE] for response in responses]
    rows = await session.scalars(select(UserSession).where(UserSession.user_id == user["id"]))
    stored = f"{[vars(row) for row in rows]}"

    assert len(set(secrets)) == 2
    assert {len(secret) for secret in secrets} == {43}
    assert digest_of(secrets[1]) in stored
    assert not any(secret in stored for secret in secrets)


async def test_a_browser_is_authenticated_by_its_cookie(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    await client.post(LOGIN, json=login_body(user["email"]))

    response = await client.get(ME)

    assert response.json()["id"] == user["id"]


async def test_a_second_login_replaces_the_session(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user, other = [await add_user(session) for _ in range(2)]
    old = await login(client, user["email"])

    response = await client.post(LOGIN, json=login_body(other["email"]), headers=old)
    new = cookie(response.cookies[COOKIE])
    client.cookies.clear()
    statuses = [await status_of(client, headers) for headers in (old, new)]

    assert statuses == [401, 200]


async def test_session_fixation_is_prevented(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    fixed = cookie("a value that a thief knows")

    response = await client.post(LOGIN, json=login_body(user["email"]), headers=fixed)
    client.cookies.clear()
    status = await status_of(client, fixed)

    assert response.status_code == 200
    assert status == 401


async def test_a_refused_login_revokes_no_session(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    wrong = login_body(user["email"], ANOTHER_PASSWORD)

    response = await client.post(LOGIN, json=wrong, headers=headers)
    status = await status_of(client, headers)

    assert "Set-Cookie" not in response.headers
    assert (response.status_code, status) == (401, 200)


async def test_a_session_expires_after_twelve_hours(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    statement = select(UserSession.expires_at).where(UserSession.user_id == user["id"])
    expires_at = await session.scalar(statement)

    await set_times(session, user["id"], expires_at=MINUTE)
    before = await status_of(client, headers)
    await set_times(session, user["id"], expires_at=-MINUTE)
    after = await status_of(client, headers)

    assert expires_at is not None
    assert 12 * 60 * MINUTE - MINUTE < expires_at - utc_now() <= 12 * 60 * MINUTE
    assert (before, after) == (200, 401)


async def test_an_idle_session_expires_after_half_an_hour(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])

    await set_times(session, user["id"], last_used_at=-29 * MINUTE)
    before = await status_of(client, headers)
    used = await last_use(session, user["id"])
    await set_times(session, user["id"], last_used_at=-31 * MINUTE)
    after = await status_of(client, headers)

    assert (before, after) == (200, 401)
    assert used < MINUTE


async def test_the_last_use_is_not_written_with_every_request(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])

    await set_times(session, user["id"], last_used_at=-MINUTE / 2)
    await status_of(client, headers)
    used = await last_use(session, user["id"])

    assert used >= MINUTE / 2


async def test_a_session_in_use_stays_valid_with_a_short_idle_time(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = await login(client, user["email"])
    short = app.state.settings.model_copy(update={"session_idle_minutes": 0.5})

    with override_state(app, settings=short):
        await set_times(session, user["id"], last_used_at=-MINUTE / 4)
        status = await status_of(client, headers)
    used = await last_use(session, user["id"])

    assert status == 200
    assert used < MINUTE / 4


@pytest.mark.parametrize("secret", ["", "unknown", "' OR ''='", "x" * 4000])
async def test_an_unknown_cookie_is_401(client: AsyncClient, secret: str) -> None:
    status = await status_of(client, cookie(secret))

    assert status == 401


async def test_logout_deletes_the_cookie(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    async with open_client(app) as browser:
        headers = await login(browser, user["email"])
        response = await browser.post("/auth/logout", headers=headers)

    name, *attributes = response.headers["Set-Cookie"].split("; ")
    assert name == '__Host-session=""'
    assert {"Max-Age=0", "Path=/", "Secure", "HttpOnly"} <= {*attributes}


async def test_the_digest_of_a_cookie_is_not_a_cookie(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    await login(client, user["email"])
    statement = select(UserSession.digest).where(UserSession.user_id == user["id"])
    digest = await session.scalar(statement)

    status = await status_of(client, cookie(f"{digest}"))

    assert status == 401
# {% endcall %}
