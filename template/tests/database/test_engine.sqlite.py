# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""SQLite serves many readers and one writer, and no update is lost."""

from collections.abc import AsyncGenerator, Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
# {% if concurrency == "async" %}
from sqlalchemy import ForeignKey, String, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from sqlalchemy import Engine, ForeignKey, String, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
# {% endif %}
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database.engine import build_engine
from app.database.migration import build_migration_engine, exclusive_migration
from app.dependencies import SessionDep
from app.main import create_app
from tests.databases import TempTable, temp_tables
from tests.live import serve

CLIENTS = 40


class Counter(TempTable):
    """A number that many count up."""

    __tablename__ = "counters"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class Part(TempTable):
    """A row that goes away with its counter."""

    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counters.id", ondelete="CASCADE"))


@pytest.fixture(autouse=True)
def _tables(settings: Settings) -> Iterator[None]:
    with temp_tables(settings, Counter, Part):
        yield


@pytest.fixture
async def engine(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """An engine whose writers wait for each other no longer than a moment."""
    engine = build_engine(settings.model_copy(update={"database_lock_timeout": 0.1}))
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 1)],
)
async def test_each_connection_is_set_up(
    engine: AsyncEngine,
    pragma: str,
    value: int | str,
) -> None:
    async with engine.connect() as connection:
        found = await connection.scalar(text(f"PRAGMA {pragma}"))

    assert found == value


async def test_a_writer_takes_the_lock_before_it_reads(engine: AsyncEngine) -> None:
    async with engine.connect() as first, engine.connect() as second:
        await first.execute(select(Counter))

        with pytest.raises(OperationalError, match="database is locked"):
            await second.execute(select(Counter))


async def test_a_reader_does_not_wait_for_the_writer_and_sees_what_is_committed(
    engine: AsyncEngine,
) -> None:
    readers = engine.execution_options(read_only=True)
    async with engine.connect() as writer, readers.connect() as reader:
        await writer.execute(insert(Counter).values(id=1))
        count = await reader.scalar(select(func.count()).select_from(Counter))

    assert count == 0


async def test_a_foreign_key_is_enforced(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Counter).values(id=1))

        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            await connection.execute(insert(Part).values(id=1, counter_id=2))


async def count(session: SessionDep) -> int:
    number = await session.scalar(select(Counter.number))
    following = (number or 0) + 1
    await session.execute(update(Counter).values(number=following))
    return following


def test_no_update_is_lost_among_many_clients(settings: Settings) -> None:
    app = create_app(settings)
    app.add_api_route("/count", count, methods=["POST"])
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(Counter).values(id=1))

    with serve(app) as live:
        responses = live.at_once(lambda _number: live.client.post("/count"), CLIENTS)

    numbers = sorted(response.json() for response in responses)
    assert numbers == list(range(1, CLIENTS + 1))


def test_a_migration_that_rebuilds_a_table_keeps_the_rows_that_refer_to_it(
    settings: Settings,
) -> None:
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(Counter).values(id=1))
        connection.execute(insert(Part).values(id=1, counter_id=1))
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("counters", recreate="always") as table:
            table.alter_column("number", type_=String(10))
        parts = connection.scalar(select(func.count()).select_from(Part))

    assert parts == 1


def test_a_migration_that_leaves_references_to_nothing_is_rolled_back(settings: Settings) -> None:
    engine = build_migration_engine(settings)

    with (
        pytest.raises(CommandError, match="parts"),
        engine.begin() as connection,
        exclusive_migration(connection, settings),
    ):
        connection.execute(insert(Part).values(id=1, counter_id=1))

    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Part)) == 0
# {% endcall %}
