# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""{{ dialect.label }} speaks UTC and every language, shows what is committed, and ends each wait."""

from collections.abc import AsyncGenerator, Iterator

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
# {% endif %}
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database.engine import build_engine
from tests.databases import TempTable, temp_tables

OWNER = "Žofie \N{GRINNING FACE} 李"


class Safe(TempTable):
    """A row to lock."""

    __tablename__ = "safes"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]


@pytest.fixture(autouse=True)
def _tables(settings: Settings) -> Iterator[None]:
    with temp_tables(settings, Safe):
        yield


@pytest.fixture
async def engine(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """An engine with short time-outs."""
    changes = {"database_statement_timeout": 1.2, "database_lock_timeout": 1}
    engine = build_engine(settings.model_copy(update=changes))
    yield engine
    await engine.dispose()


async def test_each_connection_speaks_utc(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        zone = await connection.scalar(text("SELECT @@session.time_zone"))

    assert zone == "+00:00"


async def test_text_of_any_language_comes_back(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Safe).values(id=1, owner=OWNER))
        found = await connection.scalar(select(Safe.owner))

    assert found == OWNER


async def test_a_transaction_sees_what_others_have_committed(engine: AsyncEngine) -> None:
    count = select(func.count()).select_from(Safe)
    async with engine.connect() as reader, engine.connect() as writer:
        before = await reader.scalar(count)
        await writer.execute(insert(Safe).values(id=1, owner=OWNER))
        await writer.commit()
        after = await reader.scalar(count)

    assert (before, after) == (0, 1)


async def test_a_long_query_is_ended(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Safe).values(id=1, owner=OWNER))

        with pytest.raises(DBAPIError, match="execution"):
            await connection.execute(text("SELECT id FROM safes WHERE SLEEP(5)"))


async def test_a_lock_is_waited_for_no_longer_than_its_time_out(engine: AsyncEngine) -> None:
    async with engine.connect() as first, engine.connect() as second:
        await first.execute(insert(Safe).values(id=1, owner=OWNER))

        with pytest.raises(OperationalError, match="Lock wait timeout"):
            await second.execute(insert(Safe).values(id=1, owner=OWNER))
# {% endcall %}
