# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Real errors of {{ dialect.label }}: which of them pass, and which would come again."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import Connection, Executable, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
# {% else %}
from sqlalchemy import Connection, Engine, Executable, insert, text, update
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
    text("SELECT nowhere.nothing()"),
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
        await connection.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(TAKE)

    assert transient_failure(caught.value) == "rolled_back"


async def run_in_savepoint(connection: AsyncConnection, statement: Executable) -> None:
    async with connection.begin_nested():
        await connection.execute(statement)


@pytest.mark.parametrize("run_last", [AsyncConnection.execute, run_in_savepoint])
async def test_a_deadlock_leaves_nothing(
    engine: AsyncEngine,
    other: Connection,
    run_last: Callable[..., Any],
) -> None:
    first, second = TAKE.where(Seat.id == 1), TAKE.where(Seat.id == 2)
    other.execute(first)
    # The server ends who has changed less.
    other.execute(insert(Seat), [{"taken": 0}] * 50)
    with ThreadPoolExecutor(1) as pool:
        async with engine.connect() as connection:
            await connection.execute(second)
            waiting = pool.submit(other.execute, second)
            pause()
            with pytest.raises(DBAPIError) as caught:
                await run_last(connection, first)
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


async def test_a_server_that_is_not_there_is_lost(settings: Settings) -> None:
    url = unreachable(settings.database_url)
    engine = build_engine(settings.model_copy(update={"database_url": url}))

    with pytest.raises(DBAPIError) as caught:
        await run(engine, TAKE)

    assert transient_failure(caught.value) == "lost"


@pytest.mark.parametrize("statement", REFUSED, ids=["no table", "a double", "no function"])
async def test_what_would_come_again_is_no_failure(
    engine: AsyncEngine,
    statement: Executable,
) -> None:
    with pytest.raises(DBAPIError) as caught:
        await run(engine, statement)

    assert transient_failure(caught.value) is None
# {% endcall %}