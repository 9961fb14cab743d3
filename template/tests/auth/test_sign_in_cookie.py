# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in by a cookie: how it is set, how long it is good for, and how it goes."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.credentials import COOKIE
from app.auth.tokens import digest_of
from app.models import UserSession
from app.models.base import utc_now
from tests.auth.people import ANOTHER_PASSWORD, add_person, anonymous
from tests.auth.signing_in import LOGIN, cookie, proof, sign_in
from tests.auth.swapping import swapped

ME = "/auth/me"
MINUTE = timedelta(minutes=1)


async def move(session: AsyncSession, user_id: int, **times: timedelta) -> None:
    """Set times of a user's session, seen from now."""
    values = {name: utc_now() + time for name, time in times.items()}
    statement = update(UserSession).where(UserSession.user_id == user_id).values(**values)
    await session.execute(statement)
    await session.commit()


async def last_use(session: AsyncSession, user_id: int) -> timedelta:
    """Return how long ago a user's session was used."""
    statement = select(UserSession.last_used_at).where(UserSession.user_id == user_id)
    moment = await session.scalar(statement)
    assert moment is not None
    return utc_now() - moment


async def status_of(client: AsyncClient, headers: dict[str, str]) -> int:
    response = await client.get(ME, headers=headers)
    return response.status_code


async def test_a_cookie_is_for_this_host_over_tls_only_and_for_no_script(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    response = await nobody.post(LOGIN, json=proof(person["email"]))

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


async def test_a_cookie_is_random_and_only_its_digest_is_stored(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    responses = [await nobody.post(LOGIN, json=proof(person["email"])) for _ in range(2)]
    secrets = [response.cookies[COOKIE] for response in responses]
    rows = await session.scalars(select(UserSession).where(UserSession.user_id == person["id"]))
    stored = f"{[vars(row) for row in rows]}"

    assert len(set(secrets)) == 2
    assert {len(secret) for secret in secrets} == {43}
    assert digest_of(secrets[1]) in stored
    assert not any(secret in stored for secret in secrets)


async def test_a_browser_that_signs_in_is_known_by_its_cookie(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    await nobody.post(LOGIN, json=proof(person["email"]))

    response = await nobody.get(ME)

    assert response.json()["id"] == person["id"]


async def test_who_signs_in_again_gets_a_new_session_and_the_old_one_ends(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person, other = [await add_person(session) for _ in range(2)]
    old = await sign_in(nobody, person["email"])

    response = await nobody.post(LOGIN, json=proof(other["email"]), headers=old)
    new = cookie(response.cookies[COOKIE])
    nobody.cookies.clear()
    statuses = [await status_of(nobody, headers) for headers in (old, new)]

    assert statuses == [401, 200]


async def test_a_cookie_that_somebody_else_has_set_is_not_taken_over(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    planted = cookie("a value that a thief knows")

    response = await nobody.post(LOGIN, json=proof(person["email"]), headers=planted)
    nobody.cookies.clear()
    status = await status_of(nobody, planted)

    assert response.status_code == 200
    assert status == 401


async def test_a_refused_login_ends_no_session(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    wrong = proof(person["email"], ANOTHER_PASSWORD)

    response = await nobody.post(LOGIN, json=wrong, headers=headers)
    status = await status_of(nobody, headers)

    assert "Set-Cookie" not in response.headers
    assert (response.status_code, status) == (401, 200)


async def test_a_session_lasts_twelve_hours_at_most(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    statement = select(UserSession.expires_at).where(UserSession.user_id == person["id"])
    end = await session.scalar(statement)

    await move(session, person["id"], expires_at=MINUTE)
    before = await status_of(nobody, headers)
    await move(session, person["id"], expires_at=-MINUTE)
    after = await status_of(nobody, headers)

    assert end is not None
    assert 12 * 60 * MINUTE - MINUTE < end - utc_now() <= 12 * 60 * MINUTE
    assert (before, after) == (200, 401)


async def test_a_session_that_is_left_alone_ends_after_half_an_hour(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])

    await move(session, person["id"], last_used_at=-29 * MINUTE)
    before = await status_of(nobody, headers)
    used = await last_use(session, person["id"])
    await move(session, person["id"], last_used_at=-31 * MINUTE)
    after = await status_of(nobody, headers)

    assert (before, after) == (200, 401)
    assert used < MINUTE


async def test_a_use_is_not_written_each_time(nobody: AsyncClient, session: AsyncSession) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])

    await move(session, person["id"], last_used_at=-MINUTE / 2)
    await status_of(nobody, headers)
    used = await last_use(session, person["id"])

    assert used >= MINUTE / 2


async def test_a_session_in_use_does_not_end_however_short_it_may_be_left_alone(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    headers = await sign_in(nobody, person["email"])
    short = app.state.settings.model_copy(update={"session_idle_minutes": 0.5})

    with swapped(app, settings=short):
        await move(session, person["id"], last_used_at=-MINUTE / 4)
        status = await status_of(nobody, headers)
    used = await last_use(session, person["id"])

    assert status == 200
    assert used < MINUTE / 4


@pytest.mark.parametrize("secret", ["", "unknown", "' OR ''='", "x" * 4000])
async def test_an_unknown_cookie_proves_nothing(nobody: AsyncClient, secret: str) -> None:
    status = await status_of(nobody, cookie(secret))

    assert status == 401


async def test_logging_out_takes_the_cookie_from_the_browser(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    async with anonymous(app) as browser:
        headers = await sign_in(browser, person["email"])
        response = await browser.post("/auth/logout", headers=headers)

    name, *attributes = response.headers["Set-Cookie"].split("; ")
    assert name == '__Host-session=""'
    assert {"Max-Age=0", "Path=/", "Secure", "HttpOnly"} <= {*attributes}


async def test_the_digest_of_a_cookie_is_no_cookie(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    await sign_in(nobody, person["email"])
    statement = select(UserSession.digest).where(UserSession.user_id == person["id"])
    digest = await session.scalar(statement)

    status = await status_of(nobody, cookie(f"{digest}"))

    assert status == 401
# {% endcall %}
