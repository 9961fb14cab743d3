# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""No statement and no lock is waited for without an end, with a pool and without one."""

from collections.abc import AsyncGenerator, Iterator

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
# {% else %}
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import OperationalError
# {% endif %}
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database.engine import build_engine
from tests.databases import TempTable, temp_tables


class Safe(TempTable):
    """A row to lock."""

    __tablename__ = "safes"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Iterator[None]:
    with temp_tables(settings, Safe):
        yield


@pytest.fixture(params=["small", "none"])
async def engine(
    request: pytest.FixtureRequest,
    settings: Settings,
) -> AsyncGenerator[AsyncEngine]:
    """An engine with short time-outs: with a pool, and as it is behind PgBouncer."""
    changes = {
        "database_pool_profile": request.param,
        "database_statement_timeout": 0.3,
        "database_lock_timeout": 0.2,
    }
    engine = build_engine(settings.model_copy(update=changes))
    yield engine
    await engine.dispose()


async def test_a_long_statement_is_ended(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_sleep(0.1)"))

        with pytest.raises(OperationalError, match="statement timeout"):
            await connection.execute(text("SELECT pg_sleep(5)"))


async def test_a_lock_is_waited_for_no_longer_than_its_time_out(engine: AsyncEngine) -> None:
    async with engine.connect() as first, engine.connect() as second:
        await first.execute(text("LOCK TABLE safes"))

        with pytest.raises(OperationalError, match="lock timeout"):
            await second.execute(select(Safe))


async def test_a_transaction_that_does_nothing_is_ended(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        limit = await connection.scalar(text("SHOW idle_in_transaction_session_timeout"))

    assert limit == "300ms"


async def test_text_of_any_language_comes_back(engine: AsyncEngine) -> None:
    owner = "Žofie \N{GRINNING FACE} 李"

    async with engine.connect() as connection:
        await connection.execute(insert(Safe).values(id=1, owner=owner))
        found = await connection.scalar(select(Safe.owner))

    assert found == owner
# {% endcall %}
