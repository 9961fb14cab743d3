# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Refresh tokens: each continues a sign-in once, and a copy of one ends it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.login.refreshing import GRACE
from app.models import RefreshToken, User, UserSession
from app.models.base import utc_now
from tests.auth.forging import read, status_of
from tests.auth.people import add_person
from tests.auth.signing_in import sign_in_for_tokens

REFRESH = "/auth/refresh"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def given(nobody: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """The tokens of a new person."""
    person = await add_person(session)
    return await sign_in_for_tokens(nobody, person["email"])


async def refreshed(client: AsyncClient, given: dict[str, Any]) -> dict[str, Any]:
    """Return the tokens that follow."""
    response = await client.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    response.raise_for_status()
    following: dict[str, Any] = response.json()
    return following


async def refusal(client: AsyncClient, given: dict[str, Any]) -> int:
    """Return with which status no tokens follow."""
    response = await client.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    assert response.json()["detail"].startswith("This refresh token is not valid, or no longer.")
    return response.status_code


async def let_pass(session: AsyncSession, time: timedelta) -> None:
    """Make it longer ago that tokens were used."""
    tokens = await session.scalars(select(RefreshToken).where(RefreshToken.used_at.is_not(None)))
    for token in tokens:
        assert token.used_at is not None
        token.used_at -= time
    await session.commit()
    session.expunge_all()


async def test_a_refresh_token_gives_new_tokens_for_the_same_sign_in(
    nobody: AsyncClient,
    given: dict[str, Any],
) -> None:
    response = await nobody.post(REFRESH, json={"refresh_token": given["refresh_token"]})
    following = response.json()
    status = await status_of(nobody, following["access_token"])

    assert response.headers["Cache-Control"] == "no-store"
    assert following.keys() == given.keys()
    assert following["refresh_token"] != given["refresh_token"]
    assert read(following["access_token"])["sid"] == read(given["access_token"])["sid"]
    assert status == 200


async def test_each_token_is_followed_by_another_one(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    tokens = {given["refresh_token"]}
    for _ in range(5):
        given = await refreshed(nobody, given)
        await let_pass(session, 100 * GRACE)
        tokens.add(given["refresh_token"])

    assert len(tokens) == 6


async def test_a_token_that_is_sent_twice_at_once_gives_another_one_each_time(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    first = await refreshed(nobody, given)
    await let_pass(session, GRACE - 2 * SECOND)
    second = await refreshed(nobody, given)
    last = [await refreshed(nobody, one) for one in (first, second)]

    tokens = [one["refresh_token"] for one in (given, first, second, *last)]
    assert len(set(tokens)) == 5


async def test_the_grace_is_not_begun_anew(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    await refreshed(nobody, given)
    await let_pass(session, GRACE - 2 * SECOND)
    await refreshed(nobody, given)
    await let_pass(session, 3 * SECOND)

    status = await refusal(nobody, given)

    assert status == 401


async def test_a_token_that_is_used_again_later_ends_the_sign_in_for_everybody(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    following = await refreshed(nobody, given)
    await let_pass(session, GRACE + SECOND)
    before = await status_of(nobody, following["access_token"])

    with caplog.at_level(logging.INFO, "app.auth"):
        replayed = await refusal(nobody, given)
    after = [await status_of(nobody, one["access_token"]) for one in (given, following)]
    continued = await refusal(nobody, following)
    sign_in = await session.get(UserSession, int(read(given["access_token"])["sid"]))

    who = f"user {read(given['access_token'])['sub']}"
    assert (before, replayed, after, continued) == (200, 401, [401, 401], 401)
    assert sign_in is None
    assert f"refresh token used twice, sign-in ended: {who}" in caplog.messages
    assert not any(one["refresh_token"] in caplog.text for one in (given, following))


async def test_a_theft_ends_no_other_sign_in(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    stolen, other = [await sign_in_for_tokens(nobody, person["email"]) for _ in range(2)]
    await refreshed(nobody, stolen)
    await let_pass(session, GRACE + SECOND)

    await refusal(nobody, stolen)
    status = await status_of(nobody, other["access_token"])

    assert status == 200
    await refreshed(nobody, other)


async def test_a_sign_in_ends_however_often_it_is_refreshed(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    key = int(read(given["access_token"])["sid"])
    before = await session.scalar(select(UserSession.expires_at).where(UserSession.id == key))
    following = await refreshed(nobody, given)
    after = await session.scalar(select(UserSession.expires_at).where(UserSession.id == key))
    ended = update(UserSession).where(UserSession.id == key).values(expires_at=utc_now())
    await session.execute(ended)
    await session.commit()

    statuses = [
        await refusal(nobody, following),
        await status_of(nobody, following["access_token"]),
    ]

    assert before is not None
    assert timedelta(days=30) - SECOND * 60 < before - utc_now() <= timedelta(days=30)
    assert after == before
    assert statuses == [401, 401]


@pytest.mark.parametrize("column", ["is_active", "deleted_at"])
async def test_who_is_deactivated_or_deleted_gets_no_tokens(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
    column: str,
) -> None:
    key = int(read(given["access_token"])["sub"])
    values = {"is_active": False, "deleted_at": utc_now()}
    gone = update(User).where(User.id == key).values({column: values[column]})
    await session.execute(gone)
    await session.commit()

    status = await refusal(nobody, given)

    assert status == 401


async def test_who_has_logged_out_gets_no_tokens(
    nobody: AsyncClient,
    given: dict[str, Any],
) -> None:
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    await nobody.post("/auth/logout", headers=headers)

    status = await refusal(nobody, given)

    assert status == 401


async def test_an_unknown_token_or_an_access_token_gets_no_tokens(
    nobody: AsyncClient,
    given: dict[str, Any],
) -> None:
    unknown = await refusal(nobody, {"refresh_token": "unknown"})
    response = await nobody.post(REFRESH, json={"refresh_token": given["access_token"]})

    # No refresh token is as long.
    assert (unknown, response.status_code) == (401, 422)


async def test_of_two_tokens_for_the_same_one_only_one_goes_on(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    """A thief used a copy as fast as its owner used the token itself."""
    thiefs, owners = [await refreshed(nobody, given) for _ in range(2)]
    thiefs = await refreshed(nobody, thiefs)
    await let_pass(session, GRACE + SECOND)

    status = await refusal(nobody, owners)
    after = await status_of(nobody, thiefs["access_token"])

    assert (status, after) == (401, 401)


async def test_a_sign_in_that_is_left_alone_ends_after_two_weeks(
    nobody: AsyncClient,
    session: AsyncSession,
    given: dict[str, Any],
) -> None:
    of_sign_in = update(UserSession).where(
        UserSession.id == int(read(given["access_token"])["sid"])
    )
    statuses: list[int] = []
    for days in (13.9, 14.1):
        await session.execute(of_sign_in.values(last_used_at=utc_now() - timedelta(days=days)))
        await session.commit()
        status = await status_of(nobody, given["access_token"])
        statuses.append(status)
    refused = await refusal(nobody, given)

    assert (statuses, refused) == ([200, 401], 401)
# {% endcall %}
