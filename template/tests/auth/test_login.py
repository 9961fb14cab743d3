# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login: by email and password, with a refusal that reveals nothing."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import DUMMY, Passwords
from app.main import create_app
from app.models import User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.doubles import CountingHasher, override_state
from tests.auth.users import (
    ANOTHER_PASSWORD,
    LOGIN,
    PASSWORD,
    add_session,
    add_user,
    login,
    login_body,
)
from tests.clients import open_client
from tests.factories import user_data
from tests.live import LiveService

# Why a user cannot log in, as columns of the user and the credential.
REASONS: dict[str, dict[str, Any]] = {
    "not verified": {"email_verified_at": None},
    "inactive": {"is_active": False},
    "deleted": {"deleted_at": utc_now()},
    "no password": {"password_hash": ""},
    "no hash": {"password_hash": "!"},
}
REFUSAL = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "The email or the password is wrong, or the email is not verified.",
    "instance": LOGIN,
}


async def session_ids(session: AsyncSession, user_id: int) -> set[int]:
    """Keys of the sessions of a user."""
    found = await session.scalars(select(UserSession.id).where(UserSession.user_id == user_id))
    return set(found)


async def hash_of(session: AsyncSession, user_id: int) -> str:
    """Stored hash of a user's password."""
    statement = select(UserCredential.password_hash).where(UserCredential.user_id == user_id)
    found = await session.scalar(statement)
    return found or ""


async def test_a_user_logs_in(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)

    headers = await login(client, user["email"])
    response = await client.get("/auth/me", headers=headers)

    assert response.status_code == 200
    assert response.json()["username"] == user["username"]


async def test_the_email_is_case_insensitive(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"].upper()))

    assert response.status_code == 200


async def test_the_response_to_a_login_is_not_cached(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"]))

    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("reason", REASONS)
async def test_a_user_who_cannot_log_in_is_refused_after_one_hash(
    client: AsyncClient,
    session: AsyncSession,
    hashes: CountingHasher,
    reason: str,
) -> None:
    user = await add_user(session, **REASONS[reason])

    response = await client.post(LOGIN, json=login_body(user["email"]))
    sessions = await session_ids(session, user["id"])

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1
    assert sessions == set()


async def test_a_wrong_password_is_refused_after_one_hash(
    client: AsyncClient,
    session: AsyncSession,
    hashes: CountingHasher,
) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"], ANOTHER_PASSWORD))
    sessions = await session_ids(session, user["id"])

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1
    assert sessions == set()


async def test_an_unknown_email_is_refused_after_one_hash(
    client: AsyncClient,
    hashes: CountingHasher,
) -> None:
    response = await client.post(LOGIN, json=login_body("unknown@example.com"))

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1


async def test_a_user_without_credentials_is_refused_after_one_hash(
    client: AsyncClient,
    session: AsyncSession,
    hashes: CountingHasher,
) -> None:
    data = user_data()
    session.add(User(**data))
    await session.commit()

    response = await client.post(LOGIN, json=login_body(data["email"]))

    assert (response.status_code, response.json()) == (401, REFUSAL)
    assert len(hashes.seen) == 1


async def test_a_successful_login_costs_one_hash_as_well(
    client: AsyncClient,
    session: AsyncSession,
    hashes: CountingHasher,
) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, json=login_body(user["email"]))

    assert response.status_code == 200
    assert len(hashes.seen) == 1


async def test_the_password_of_the_dummy_hash_is_refused(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session, password_hash="")

    response = await client.post(LOGIN, json=login_body(user["email"], DUMMY))

    assert response.status_code == 401


async def test_a_hash_with_old_parameters_is_replaced(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64).hash(PASSWORD)
    user = await add_user(session, password_hash=old)

    responses = [await client.post(LOGIN, json=login_body(user["email"])) for _ in range(2)]
    stored = await hash_of(session, user["id"])

    assert [response.status_code for response in responses] == [200, 200]
    assert stored.startswith("$argon2id$v=19$m=32,t=1,")


async def test_a_hash_with_current_parameters_stays(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    before = await hash_of(session, user["id"])

    await client.post(LOGIN, json=login_body(user["email"]))
    after = await hash_of(session, user["id"])

    assert after == before


async def test_a_wrong_password_replaces_no_hash(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64).hash(PASSWORD)
    user = await add_user(session, password_hash=old)

    await client.post(LOGIN, json=login_body(user["email"], ANOTHER_PASSWORD))
    stored = await hash_of(session, user["id"])

    assert stored == old


async def test_logins_are_logged_without_the_password(
    client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = await add_user(session)
    secret = "a secret that no log contains"

    with caplog.at_level(logging.INFO, "app.auth"):
        await client.post(LOGIN, json=login_body(user["email"]))
        await client.post(LOGIN, json=login_body(user["email"], secret))
        await client.post(LOGIN, json=login_body("unknown@example.com", secret))

    assert [text for text in caplog.messages if "login_" in text] == [
        f"authn_login_success: user {user['id']}",
        f"authn_login_fail: user {user['id']}",
        "authn_login_fail: unknown@example.com",
    ]
    assert not any(text in caplog.text for text in (PASSWORD, secret))


async def test_a_login_holds_no_connection_while_it_hashes(live: LiveService) -> None:
    # The same database, but an application of its own: nothing else uses its connections.
    app = create_app(live.app.state.settings.model_copy(update={"password_rounds": 2}))
    async with app.state.sessions() as session:
        user = await add_user(session)
    counting = CountingHasher(app.state.passwords.hasher, app.state.engine.pool.checkedout)
    app.state.passwords.hasher = counting

    async with open_client(app) as client:
        response = await client.post(LOGIN, json=login_body(user["email"]))
    await app.state.engine.dispose()

    assert response.status_code == 200
    # Once to compare, and once because the parameters have changed.
    assert counting.seen == [0, 0]


@pytest.mark.parametrize(
    "change",
    [
        update(UserCredential).values(password_hash="the next password's"),
        update(User).values(is_active=False),
    ],
    ids=["password", "user"],
)
async def test_a_password_changed_during_the_login_is_refused(
    app: FastAPI,
    session: AsyncSession,
    client: AsyncClient,
    change: Update,
) -> None:
    user = await add_user(session)

    class SlowPasswords(Passwords):
        """While it compares, another request changes the user."""

        async def verify_password(self, password: str, password_hash: str | None) -> bool:
            async with app.state.sessions.begin() as other:
                await other.execute(change)
            return await super().verify_password(password, password_hash)

    with override_state(app, passwords=SlowPasswords(app.state.settings)):
        response = await client.post(LOGIN, json=login_body(user["email"]))
    sessions = await session_ids(session, user["id"])

    assert response.status_code == 401
    assert sessions == set()


async def test_a_login_deletes_expired_sessions_of_the_user(
    app: FastAPI,
    session: AsyncSession,
    client: AsyncClient,
) -> None:
    user, other = [await add_user(session) for _ in range(2)]
    for user_id in (user["id"], other["id"], user["id"]):
        await add_session(session, app, user_id)
    stored = await session_ids(session, user["id"])
    old, current = sorted(stored)
    (others,) = await session_ids(session, other["id"])
    expired = update(UserSession).where(UserSession.id.in_([old, others]))
    await session.execute(expired.values(expires_at=utc_now() - timedelta(seconds=1)))
    await session.commit()

    await client.post(LOGIN, json=login_body(user["email"]))
    own = await session_ids(session, user["id"])
    of_other = await session_ids(session, other["id"])

    assert (len(own), old in own, current in own) == (2, False, True)
    assert of_other == {others}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
async def test_login_accepts_only_json(
    client: AsyncClient,
    session: AsyncSession,
    kind: str,
) -> None:
    user = await add_user(session)
    body = json.dumps(login_body(user["email"]))

    response = await client.post(LOGIN, content=body, headers={"Content-Type": kind})
    taken = await client.post(
        LOGIN,
        content=body,
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code == 422
    assert "Set-Cookie" not in response.headers
    assert taken.status_code == 200


async def test_login_accepts_no_form(client: AsyncClient, session: AsyncSession) -> None:
    user = await add_user(session)

    response = await client.post(LOGIN, data=login_body(user["email"]))

    assert response.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "unknown@example.com"},
        {"email": "no address", "password": PASSWORD},
        {"email": "unknown@example.com", "password": ""},
        {"email": "unknown@example.com", "password": "\udcff"},
        {"email": "\ud800@example.com", "password": PASSWORD},
        {"email": ["unknown@example.com"], "password": PASSWORD},
        {"email": "unknown@example.com", "password": "long" * 1000},
        {"email": "unknown@example.com", "password": PASSWORD, "role": "staff"},
    ],
)
async def test_an_invalid_body_costs_no_hash(
    client: AsyncClient,
    hashes: CountingHasher,
    body: dict[str, object],
) -> None:
    # The JSON encoder of the client refuses lone surrogates.
    headers = {"Content-Type": "application/json"}
    response = await client.post(LOGIN, content=json.dumps(body), headers=headers)

    assert response.status_code == 422
    assert hashes.seen == []


async def test_a_session_stores_the_user_agent(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    headers = {"User-Agent": "A browser\t" + "x" * 500}

    response = await client.post(LOGIN, json=login_body(user["email"]), headers=headers)
    statement = select(UserSession.client).where(UserSession.user_id == user["id"])
    stored = await session.scalar(statement)

    assert response.status_code == 200
    assert stored == ("A browser" + "x" * 500)[:200]
# {% endcall %}
