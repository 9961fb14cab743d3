# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How long an API key proves who sends a request, and what is noted of its use."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import ApiKey, User
from app.models.base import utc_now
from tests.auth.people import add_person, anonymous
from tests.live import LiveService
from tests.statements import SAVEPOINTS, counted_statements

PATH = "/auth/api-keys"
KEY = "a key that one test knows"
# It proves who sends the request; these routes then refuse it.
PROVED, REFUSED = 403, 401


async def add_key(session: AsyncSession, **fields: Any) -> int:
    """Store a key for a new user; return whose it is."""
    person = await add_person(session)
    columns: dict[str, Any] = {"digest": digest_of(KEY), "prefix": KEY[:8], "scopes": []}
    session.add(ApiKey(user_id=person["id"], name="a machine", **columns | fields))
    await session.commit()
    user_id: int = person["id"]
    return user_id


async def use(app: FastAPI, key: str = KEY) -> int:
    """Send a request with a key, and return its status."""
    async with anonymous(app) as client:
        response = await client.get(PATH, headers={"X-API-Key": key})
    return response.status_code


async def last_use(session: AsyncSession) -> datetime | None:
    statement = select(ApiKey.last_used_at).where(ApiKey.digest == digest_of(KEY))
    return await session.scalar(statement)


async def test_an_unknown_key_is_401(app: FastAPI) -> None:
    status = await use(app)

    assert status == REFUSED


@pytest.mark.parametrize("key", ["", " ", "x" * 5000, "%00", "' OR ''='", digest_of(KEY)])
async def test_a_hostile_key_is_401(app: FastAPI, session: AsyncSession, key: str) -> None:
    await add_key(session)

    status = await use(app, key)

    assert status == REFUSED


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(minutes=-1), PROVED), (timedelta(), REFUSED), (timedelta(days=1), REFUSED)],
    ids=["in time", "now", "too late"],
)
async def test_a_key_that_has_expired_is_401(
    app: FastAPI,
    session: AsyncSession,
    age: timedelta,
    status: int,
) -> None:
    await add_key(session, expires_at=utc_now() - age)

    found = await use(app)

    assert found == status


@pytest.mark.parametrize("fields", [{"is_active": False}, {"deleted_at": utc_now()}])
async def test_the_key_of_a_user_who_is_inactive_or_deleted_is_dead(
    app: FastAPI,
    session: AsyncSession,
    fields: dict[str, Any],
) -> None:
    user_id = await add_key(session)
    before = await use(app)
    await session.execute(update(User).where(User.id == user_id).values(**fields))
    await session.commit()

    after = await use(app)

    assert (before, after) == (PROVED, REFUSED)


async def test_its_last_use_is_noted_also_where_the_request_is_refused(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    await add_key(session)
    started = utc_now()
    before = await last_use(session)

    await use(app)
    after = await last_use(session)

    assert before is None
    assert after is not None
    assert started <= after <= utc_now()


@pytest.mark.parametrize(
    ("age", "written"),
    [(timedelta(seconds=50), False), (timedelta(seconds=70), True)],
    ids=["within a minute", "after a minute"],
)
async def test_its_last_use_is_written_at_most_once_a_minute(
    app: FastAPI,
    session: AsyncSession,
    age: timedelta,
    *,
    written: bool,
) -> None:
    used = utc_now() - age
    await add_key(session, last_used_at=used)

    with counted_statements(app, SAVEPOINTS) as statements:
        await use(app)
    after = await last_use(session)

    assert (after != used) == written
    assert len(statements) == 1 + written, "\n".join(statements)


def test_a_key_that_many_use_at_once_works_for_all(live: LiveService) -> None:
    responses = live.at_once(lambda _: live.client.get(PATH), 20)

    assert [response.status_code for response in responses] == [PROVED] * 20
# {% endcall %}
