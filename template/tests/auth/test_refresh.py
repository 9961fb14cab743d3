# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Refresh tokens: each is used once, and reuse of one revokes its session."""

import logging
from base64 import urlsafe_b64decode
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient, Client, Response
from sqlalchemy import orm, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import REUSE_GRACE
from app.auth.tokens import digest_of
from app.database.migration import build_migration_engine
from app.models import RefreshToken, User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.users import (
    HASHER,
    LOGIN,
    PASSWORD,
    add_user,
    bearer,
    claims_of,
    login_body,
    login_for_tokens,
    token_status,
)
from tests.factories import user_data
from tests.live import LiveService

REFRESH = "/auth/refresh"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def given(client: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """The tokens of a new user."""
    user = await add_user(session)
    return await login_for_tokens(client, user["email"])


async def refreshed(client: AsyncClient, given: dict[str, Any]) -> dict[str, Any]:
    """Refresh, and return the new tokens."""
    response = await client.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    response.raise_for_status()
    following: dict[str, Any] = response.json()
    return following


async def refusal(client: AsyncClient, given: dict[str, Any]) -> int:
    """Try to refresh, and return the status of the refusal."""
    response = await client.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    assert response.json()["detail"].startswith("This refresh token is invalid or expired.")
    return response.status_code


async def let_pass(session: AsyncSession, time: timedelta) -> None:
    """Make the last use of all tokens older."""
    tokens = await session.scalars(select(RefreshToken).where(RefreshToken.used_at.is_not(None)))
    for token in tokens:
        assert token.used_at is not None
        token.used_at -= time
    await session.commit()
    session.expunge_all()


async def test_a_refresh_token_is_random_and_only_its_digest_is_stored(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    given = [await login_for_tokens(client, user["email"]) for _ in range(2)]
    tokens = [one["refresh_token"] for one in given]
    rows = await session.scalars(select(RefreshToken))
    stored = [f"{vars(row)}" for row in rows]

    assert [len(urlsafe_b64decode(f"{token}=")) for token in tokens] == [32, 32]
    assert tokens[0] != tokens[1]
    assert all(any(digest_of(token) in text for text in stored) for token in tokens)
    assert not any(token in text for token in tokens for text in stored)


async def test_a_refresh_token_is_not_an_access_token(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    given = await login_for_tokens(client, user["email"])

    status = await token_status(client, given["refresh_token"])

    assert status == 401


async def test_a_refresh_token_gives_new_tokens_of_the_same_session(
    client: AsyncClient,
    given: dict[str, Any],
) -> None:
    response = await client.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    following = response.json()
    status = await token_status(client, following["access_token"])

    assert response.headers["Cache-Control"] == "no-store"
    assert following.keys() == given.keys()
    assert following["refresh_token"] != given["refresh_token"]
    assert claims_of(following["access_token"])["sid"] == claims_of(given["access_token"])["sid"]
    assert status == 200


async def test_each_refresh_gives_another_token(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    tokens = {given["refresh_token"]}
    for _ in range(5):
        given = await refreshed(client, given)
        await let_pass(session, 100 * REUSE_GRACE)
        tokens.add(given["refresh_token"])

    assert len(tokens) == 6


async def test_a_token_reused_within_the_grace_gives_another_one(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    first = await refreshed(client, given)
    await let_pass(session, REUSE_GRACE - 2 * SECOND)
    second = await refreshed(client, given)
    last = [await refreshed(client, one) for one in (first, second)]

    tokens = [one["refresh_token"] for one in (given, first, second, *last)]
    assert len(set(tokens)) == 5


async def test_a_reuse_does_not_extend_the_grace(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    await refreshed(client, given)
    await let_pass(session, REUSE_GRACE - 2 * SECOND)
    await refreshed(client, given)
    await let_pass(session, 3 * SECOND)

    status = await refusal(client, given)

    assert status == 401


async def test_a_token_reused_after_the_grace_revokes_the_session(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    following = await refreshed(client, given)
    await let_pass(session, REUSE_GRACE + SECOND)
    before = await token_status(client, following["access_token"])

    with caplog.at_level(logging.INFO, "app.auth"):
        replayed = await refusal(client, given)
    after = [await token_status(client, one["access_token"]) for one in (given, following)]
    continued = await refusal(client, following)
    user_session = await session.get(UserSession, int(claims_of(given["access_token"])["sid"]))

    who = f"user {claims_of(given['access_token'])['sub']}"
    assert (before, replayed, after, continued) == (200, 401, [401, 401], 401)
    assert user_session is None
    assert f"authn_token_reuse: {who}" in caplog.messages
    assert not any(one["refresh_token"] in caplog.text for one in (given, following))


async def test_reuse_revokes_no_other_session(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    stolen, other = [await login_for_tokens(client, user["email"]) for _ in range(2)]
    await refreshed(client, stolen)
    await let_pass(session, REUSE_GRACE + SECOND)

    await refusal(client, stolen)
    status = await token_status(client, other["access_token"])

    assert status == 200
    await refreshed(client, other)


async def test_refreshing_does_not_extend_the_maximum_age(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    key = int(claims_of(given["access_token"])["sid"])
    before = await session.scalar(select(UserSession.expires_at).where(UserSession.id == key))
    following = await refreshed(client, given)
    after = await session.scalar(select(UserSession.expires_at).where(UserSession.id == key))
    expired = update(UserSession).where(UserSession.id == key).values(expires_at=utc_now())
    await session.execute(expired)
    await session.commit()

    statuses = [
        await refusal(client, following),
        await token_status(client, following["access_token"]),
    ]

    assert before is not None
    assert timedelta(days=30) - SECOND * 60 < before - utc_now() <= timedelta(days=30)
    assert after == before
    assert statuses == [401, 401]


@pytest.mark.parametrize("column", ["is_active", "deleted_at"])
async def test_an_inactive_or_deleted_user_gets_no_tokens(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
    column: str,
) -> None:
    key = int(claims_of(given["access_token"])["sub"])
    values = {"is_active": False, "deleted_at": utc_now()}
    change = update(User).where(User.id == key).values({column: values[column]})
    await session.execute(change)
    await session.commit()

    status = await refusal(client, given)

    assert status == 401


async def test_no_tokens_after_logout(
    client: AsyncClient,
    given: dict[str, Any],
) -> None:
    await client.post("/auth/logout", headers=bearer(given["access_token"]))

    status = await refusal(client, given)

    assert status == 401


async def test_an_unknown_token_or_an_access_token_gives_no_tokens(
    client: AsyncClient,
    given: dict[str, Any],
) -> None:
    unknown = await refusal(client, {"refresh_token": "unknown"})
    response = await client.post(REFRESH, json={"refresh_token": given["access_token"]})

    # An access token is longer than any refresh token.
    assert (unknown, response.status_code) == (401, 422)


async def test_only_one_of_two_successors_continues(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    """A thief used a copy within the grace."""
    of_thief, of_user = [await refreshed(client, given) for _ in range(2)]
    of_thief = await refreshed(client, of_thief)
    await let_pass(session, REUSE_GRACE + SECOND)

    status = await refusal(client, of_user)
    after = await token_status(client, of_thief["access_token"])

    assert (status, after) == (401, 401)


async def test_an_idle_session_expires_after_two_weeks(
    client: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    of_session = update(UserSession).where(
        UserSession.id == int(claims_of(given["access_token"])["sid"])
    )
    statuses: list[int] = []
    for days in (13.9, 14.1):
        await session.execute(of_session.values(last_used_at=utc_now() - timedelta(days=days)))
        await session.commit()
        status = await token_status(client, given["access_token"])
        statuses.append(status)
    refused = await refusal(client, given)

    assert (statuses, refused) == ([200, 401], 401)


AT_ONCE = 10


def login_new_user(live: LiveService) -> dict[str, str]:
    """Store a user and log in; return the tokens."""
    names = user_data()
    with orm.Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**names)
        session.add(user)
        session.flush()
        credential = UserCredential(user_id=user.id, password_hash=HASHER.hash(PASSWORD))
        credential.email_verified_at = utc_now()
        session.add(credential)
        session.commit()
    response = live.client.post(LOGIN, json=login_body(names["email"]))
    tokens: dict[str, str] = response.raise_for_status().json()
    return tokens


def let_grace_pass(live: LiveService) -> None:
    """Make the last use of all tokens older than the grace."""
    long_ago = utc_now() - 2 * REUSE_GRACE
    with orm.Session(build_migration_engine(live.app.state.settings)) as session:
        used = RefreshToken.used_at.is_not(None)
        session.execute(update(RefreshToken).where(used).values(used_at=long_ago))
        session.commit()


def refresh(client: Client, token: str) -> Response:
    return client.post("/auth/refresh", json={"refresh_token": token})


def live_token_status(live: LiveService, token: str) -> int:
    """Status of a request with an access token and no other credentials."""
    return live.client.get("/auth/me", headers=bearer(token)).status_code


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_simultaneous_requests_with_one_token_all_succeed(live: LiveService) -> None:
    first = login_new_user(live)["refresh_token"]

    responses = live.at_once(lambda _number: refresh(live.client, first), AT_ONCE)
    given = [response.json() for response in responses]
    access = [live_token_status(live, one["access_token"]) for one in given]
    let_grace_pass(live)
    following = [refresh(live.client, one["refresh_token"]) for one in given]

    assert statuses(responses) == {200: AT_ONCE}
    assert len({one["refresh_token"] for one in given}) == AT_ONCE
    assert access == [200] * AT_ONCE
    assert statuses(following) == {200: AT_ONCE}


def test_a_token_reused_later_revokes_all_its_successors(live: LiveService) -> None:
    first = login_new_user(live)["refresh_token"]
    responses = live.at_once(lambda _number: refresh(live.client, first), AT_ONCE)
    given = [response.json() for response in responses]
    let_grace_pass(live)

    replayed = refresh(live.client, first)
    access = [live_token_status(live, one["access_token"]) for one in given]
    following = [refresh(live.client, one["refresh_token"]) for one in given]

    assert replayed.status_code == 401
    assert access == [401] * AT_ONCE
    assert statuses(following) == {401: AT_ONCE}


def test_a_replay_among_simultaneous_refreshes_revokes_the_session(live: LiveService) -> None:
    first = login_new_user(live)["refresh_token"]
    second = refresh(live.client, first).json()["refresh_token"]
    let_grace_pass(live)

    responses = live.at_once(
        lambda number: refresh(live.client, first if number == 0 else second),
        AT_ONCE,
    )
    given = [response.json() for response in responses if response.status_code == 200]
    access = [live_token_status(live, one["access_token"]) for one in given]

    assert set(statuses(responses)) <= {200, 401}
    assert responses[0].status_code == 401
    assert access == [401] * len(given)
# {% endcall %}
