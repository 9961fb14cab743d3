# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Real errors of PostgreSQL: which of them pass, and which would come again."""

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import Connection, Executable, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from sqlalchemy import Connection, Engine, Executable, insert, select, text, update
from sqlalchemy.exc import DBAPIError
# {% endif %}
from sqlalchemy.orm import Mapped

from app.config import Settings
from app.database.engine import build_engine
from app.database.errors import transient_failure
from app.database.migration import build_migration_engine
from app.models.base import Identified
from tests.database.disturbances import disturb
from tests.databases import TempTable, temp_tables, unreachable


class Seat(Identified, TempTable):
    """A row to fight for; there are two."""

    __tablename__ = "seats"

    taken: Mapped[int]


WAIT_SECONDS = 0.1
TAKE = update(Seat).values(taken=Seat.taken + 1)
REFUSED = [
    text("SELECT nothing FROM nowhere"),
    insert(Seat).values(id=1, taken=0),
    text("SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(1)"),
]


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Seat):
        with build_migration_engine(settings).begin() as connection:
            connection.execute(insert(Seat), [{"taken": 0}, {"taken": 0}])
        yield


@pytest.fixture
def other(settings: Settings) -> Generator[Connection]:
    """Connection of another process."""
    with build_migration_engine(settings).connect() as connection:
        yield connection


def pause() -> None:
    """Wait; nothing else is to happen meanwhile."""
    time.sleep(WAIT_SECONDS)


async def run(engine: AsyncEngine, statement: Executable) -> None:
    async with engine.connect() as connection:
        await connection.execute(statement)


async def test_a_lock_that_does_not_come_in_time_leaves_nothing(
    engine: AsyncEngine,
    other: Connection,
) -> None:
    other.execute(TAKE)

    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL lock_timeout = '10ms'"))
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(TAKE)

    assert transient_failure(caught.value) == "rolled_back"


async def test_a_write_after_others_changed_what_was_read_leaves_nothing(
    engine: AsyncEngine,
    other: Connection,
) -> None:
    async with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
        await connection.execute(select(Seat))
        other.execute(TAKE)
        other.commit()

        with pytest.raises(DBAPIError) as caught:
            await connection.execute(TAKE)

    assert transient_failure(caught.value) == "rolled_back"


async def test_a_deadlock_leaves_nothing(engine: AsyncEngine, other: Connection) -> None:
    first, second = TAKE.where(Seat.id == 1), TAKE.where(Seat.id == 2)
    other.execute(first)
    with ThreadPoolExecutor(1) as pool:
        async with engine.connect() as connection:
            await connection.execute(second)
            # The server ends who has waited longest.
            waiting = pool.submit(other.execute, second)
            pause()
            await connection.execute(first)

        with pytest.raises(DBAPIError) as caught:
            waiting.result()

    assert transient_failure(caught.value) == "rolled_back"


@pytest.mark.parametrize("before", [text("SELECT 1"), TAKE], ids=["after a read", "after a write"])
async def test_a_connection_that_is_cut_is_lost(
    engine: AsyncEngine,
    settings: Settings,
    before: Executable,
) -> None:
    async with engine.connect() as connection:
        await connection.execute(before)
        disturb(settings)

        with pytest.raises(DBAPIError) as caught:
            await connection.commit()

    assert transient_failure(caught.value) == "lost"


async def test_a_transaction_that_was_idle_too_long_is_lost(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '1ms'"))
        pause()

        with pytest.raises(DBAPIError) as caught:
            await connection.execute(TAKE)

    assert transient_failure(caught.value) == "lost"


async def test_a_server_that_is_not_there_is_lost(settings: Settings) -> None:
    url = unreachable(settings.database_url)
    engine = build_engine(settings.model_copy(update={"database_url": url}))

    with pytest.raises(DBAPIError) as caught:
        await run(engine, TAKE)

    assert transient_failure(caught.value) == "lost"


@pytest.mark.parametrize("statement", REFUSED, ids=["a missing table", "a double", "too long"])
async def test_what_would_come_again_is_no_failure(
    engine: AsyncEngine,
    statement: Executable,
) -> None:
    with pytest.raises(DBAPIError) as caught:
        await run(engine, statement)

    assert transient_failure(caught.value) is None
# {% endcall %}