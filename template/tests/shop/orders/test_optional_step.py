# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Optional step of a transaction: a savepoint."""

from collections.abc import AsyncGenerator

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
# {% else %}
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
# {% endif %}

from app.database.session import build_session_factory
from app.models import Tag
from app.shop.orders.repository import optional_step

LAMPS = {"name": "Lamps", "slug": "lamps"}
DESKS = {"name": "Desks", "slug": "desks"}


@pytest.fixture
async def plain_session(engine: AsyncEngine) -> AsyncGenerator[AsyncSession]:
    """Session with its own transaction, as in a request. It is never committed."""
    async with build_session_factory(engine)() as session:
        yield session


async def slugs(session: AsyncSession) -> list[str]:
    found = await session.scalars(select(Tag.slug).order_by(Tag.slug))
    return list(found)


async def fail(session: AsyncSession, error: Exception) -> None:
    async with optional_step(session):
        raise error


async def end_transaction(session: AsyncSession) -> None:
    async with optional_step(session):
        await session.execute(text("ROLLBACK"))


async def test_successful_step_is_stored(session: AsyncSession) -> None:
    async with optional_step(session):
        session.add(Tag(**LAMPS))

    assert await slugs(session) == ["lamps"]


@pytest.mark.parametrize("flush", [True, False], ids=["in the step", "at its end"])
async def test_failed_step_is_rolled_back_alone(session: AsyncSession, *, flush: bool) -> None:
    session.add(Tag(**LAMPS))

    async with optional_step(session):
        session.add(Tag(**DESKS))
        await session.flush()
        session.add(Tag(**LAMPS))
        if flush:
            await session.flush()

    assert await slugs(session) == ["lamps"]


async def test_transaction_continues_after_a_failed_step(session: AsyncSession) -> None:
    async with optional_step(session):
        await session.execute(text("SELECT * FROM nowhere"))
    session.add(Tag(**LAMPS))
    await session.commit()

    assert await slugs(session) == ["lamps"]


async def test_failed_step_is_logged(
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with optional_step(session):
        await session.execute(text("SELECT * FROM nowhere"))

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "nowhere" in caplog.text


async def test_other_errors_are_raised(session: AsyncSession) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail(session, ZeroDivisionError())


async def end_transaction_and_fail(session: AsyncSession) -> None:
    """Roll back everything, as the server does after a deadlock on some databases."""
    async with optional_step(session):
        session.add(Tag(**DESKS))
        await session.flush()
        await session.execute(text("ROLLBACK"))
        session.add_all([Tag(**LAMPS), Tag(**LAMPS)])


async def test_error_that_ends_the_transaction_is_raised(plain_session: AsyncSession) -> None:
    plain_session.add(Tag(**LAMPS))
    await plain_session.flush()

    with pytest.raises(IntegrityError):
        await end_transaction_and_fail(plain_session)


async def test_transaction_ended_by_the_server_is_an_error(
    plain_session: AsyncSession,
) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)savepoint"):
        await end_transaction(plain_session)


async def test_lost_connection_is_raised(session: AsyncSession) -> None:
    lost = DBAPIError("INSERT", None, OSError("gone"), connection_invalidated=True)

    with pytest.raises(DBAPIError, match="gone"):
        await fail(session, lost)
# {% endcall %}
# {% endcall %}
