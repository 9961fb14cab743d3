# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Real errors of SQLite: which of them pass, and which would come again."""

# {% if concurrency == "async" %}
from collections.abc import AsyncGenerator, Generator

import pytest
from sqlalchemy import Executable, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from collections.abc import Generator

import pytest
from sqlalchemy import Engine, Executable, insert, select, text, update
from sqlalchemy.exc import DBAPIError
# {% endif %}
from sqlalchemy.orm import Mapped

from app.config import Settings
from app.database.engine import build_engine
from app.database.errors import transient_failure
from app.database.migration import build_migration_engine
from app.models.base import Identified
from tests.databases import TempTable, temp_tables


class Seat(Identified, TempTable):
    """A row to fight for."""

    __tablename__ = "seats"

    taken: Mapped[int]


TAKE = update(Seat).values(taken=Seat.taken + 1)
REFUSED = [
    text("SELECT nothing FROM nowhere"),
    text("INSERT INTO seats (id) VALUES (1)"),
]


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Seat):
        with build_migration_engine(settings).begin() as connection:
            connection.execute(insert(Seat).values(taken=0))
        yield


@pytest.fixture
async def engine(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """An engine that hardly waits for a lock."""
    engine = build_engine(settings.model_copy(update={"database_lock_timeout": 0.01}))
    yield engine
    await engine.dispose()


@pytest.fixture
def writer(settings: Settings) -> Generator[None]:
    """Connection that holds the write lock."""
    with build_migration_engine(settings).connect() as connection:
        connection.execute(TAKE)
        yield


async def run(engine: AsyncEngine, statement: Executable) -> None:
    async with engine.connect() as connection:
        await connection.execute(statement)


@pytest.mark.usefixtures("writer")
async def test_a_lock_that_does_not_come_in_time_leaves_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as caught:
        await run(engine, TAKE)

    assert transient_failure(caught.value) == "rolled_back"


async def test_a_write_after_others_changed_what_was_read_leaves_nothing(
    engine: AsyncEngine,
    settings: Settings,
) -> None:
    async with engine.execution_options(read_only=True).connect() as connection:
        await connection.execute(select(Seat))
        with build_migration_engine(settings).begin() as other:
            other.execute(TAKE)

        with pytest.raises(DBAPIError) as caught:
            await connection.execute(TAKE)

    assert transient_failure(caught.value) == "rolled_back"


@pytest.mark.parametrize("statement", REFUSED, ids=["a missing table", "a missing value"])
async def test_what_would_come_again_is_no_failure(
    engine: AsyncEngine,
    statement: Executable,
) -> None:
    with pytest.raises(DBAPIError) as caught:
        await run(engine, statement)

    assert transient_failure(caught.value) is None
# {% endcall %}
