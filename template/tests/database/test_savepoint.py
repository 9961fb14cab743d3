# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A step that a transaction can do without."""

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

from app.database.savepoint import optional_step
from app.database.session import build_session_factory
from app.models import Tag

LAMPS = {"name": "Lamps", "slug": "lamps"}
DESKS = {"name": "Desks", "slug": "desks"}


@pytest.fixture
async def plain_session(engine: AsyncEngine) -> AsyncGenerator[AsyncSession]:
    """A session with a transaction of its own, as a request has. Nobody commits it."""
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


async def test_a_step_that_succeeds_is_kept(session: AsyncSession) -> None:
    async with optional_step(session):
        session.add(Tag(**LAMPS))

    assert await slugs(session) == ["lamps"]


@pytest.mark.parametrize("flush", [True, False], ids=["in the step", "at its end"])
async def test_a_step_that_fails_is_undone_alone(session: AsyncSession, *, flush: bool) -> None:
    session.add(Tag(**LAMPS))

    async with optional_step(session):
        session.add(Tag(**DESKS))
        await session.flush()
        session.add(Tag(**LAMPS))
        if flush:
            await session.flush()

    assert await slugs(session) == ["lamps"]


async def test_the_transaction_goes_on_after_a_step_that_failed(session: AsyncSession) -> None:
    async with optional_step(session):
        await session.execute(text("SELECT * FROM nowhere"))
    session.add(Tag(**LAMPS))
    await session.commit()

    assert await slugs(session) == ["lamps"]


async def test_a_failed_step_is_logged(
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with optional_step(session):
        await session.execute(text("SELECT * FROM nowhere"))

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "nowhere" in caplog.text


async def test_an_error_that_is_not_the_databases_is_raised(session: AsyncSession) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail(session, ZeroDivisionError())


async def end_transaction_and_fail(session: AsyncSession) -> None:
    """Do what a deadlock does on some databases: the server rolls everything back by itself."""
    async with optional_step(session):
        session.add(Tag(**DESKS))
        await session.flush()
        await session.execute(text("ROLLBACK"))
        session.add_all([Tag(**LAMPS), Tag(**LAMPS)])


async def test_what_ends_the_whole_transaction_is_raised(plain_session: AsyncSession) -> None:
    plain_session.add(Tag(**LAMPS))
    await plain_session.flush()

    with pytest.raises(IntegrityError):
        await end_transaction_and_fail(plain_session)


async def test_a_transaction_that_ended_unnoticed_is_an_error(
    plain_session: AsyncSession,
) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)savepoint"):
        await end_transaction(plain_session)


async def test_a_lost_connection_is_raised(session: AsyncSession) -> None:
    lost = DBAPIError("INSERT", None, OSError("gone"), connection_invalidated=True)

    with pytest.raises(DBAPIError, match="gone"):
        await fail(session, lost)
# {% endcall %}
