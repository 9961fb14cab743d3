# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What helps to find a fault tells enough, tells no secret, and changes no result."""

import logging
from collections.abc import AsyncGenerator, Iterator

import pytest
# {% if concurrency == "async" %}
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
# {% else %}
from sqlalchemy import Engine, Executable, delete, insert, select, text, update
from sqlalchemy.orm import Session
# {% endif %}
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database import diagnostics
from app.database.engine import build_engine
from tests.databases import TempTable, temp_tables

MANY = 500
SECRET = "a secret (cost=1.00 rows=1 width=1)"
ALWAYS = 1e-9


class Word(TempTable):
    """A row to write and to find."""

    __tablename__ = "words"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@pytest.fixture(autouse=True)
def _tables(settings: Settings) -> Iterator[None]:
    with temp_tables(settings, Word):
        yield


@pytest.fixture(autouse=True)
def _level() -> Iterator[None]:
    level = diagnostics.logger.level
    yield
    diagnostics.logger.setLevel(level)


@pytest.fixture
async def engine(
    request: pytest.FixtureRequest,
    settings: Settings,
) -> AsyncGenerator[AsyncEngine]:
    """An engine to which every statement is slow, unless the test says otherwise."""
    changes = getattr(request, "param", {"database_slow_statement": ALWAYS})
    engine = build_engine(settings.model_copy(update=changes))
    yield engine
    await engine.dispose()


async def write_words(engine: AsyncEngine, *words: str) -> None:
    async with engine.begin() as connection:
        rows = [{"id": number, "text": word} for number, word in enumerate(words, 1)]
        await connection.execute(insert(Word), rows)


async def read_words(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        found = await connection.scalars(select(Word.text).order_by(Word.id))
    return list(found)


@pytest.mark.parametrize("engine", [{"database_echo_pool": True}], indirect=True)
async def test_the_log_tells_what_the_pool_does_and_how_full_it_is(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with engine.connect():
        pass
    async with engine.connect() as connection:
        await connection.invalidate()

    records = [record for record in caplog.records if record.message.startswith("pool: ")]
    told = [record.message.split()[1] for record in records]
    used_twice = ["connect", "checkout", "checkin", "checkout"]
    assert told == [*used_twice, "invalidate", "close", "checkin"]
    assert {record.levelno for record in records} == {logging.DEBUG}
    assert all("Current Checked out connections: 1" in record.message for record in records[1:])


@pytest.mark.parametrize("engine", [{}, {"database_slow_statement": 60}], indirect=True)
async def test_nothing_is_logged_unless_it_is_asked_for(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, diagnostics.logger.name):
        await write_words(engine, "one")

    assert caplog.messages == []


async def test_a_slow_statement_is_logged_with_its_time_and_its_plan(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await read_words(engine)

    told = caplog.messages[-1]
    assert told.startswith("slow statement: 0.")
    assert "FROM words ORDER BY words.id" in told
    assert "words" in told.partition("plan: \n")[2]
    assert caplog.records[-1].levelno == logging.WARNING


@pytest.mark.parametrize(
    "statement",
    [
        select(Word).where(Word.text == SECRET),
        select(Word).where(Word.text == SECRET, Word.id > 1).order_by(Word.text.contains(SECRET)),
        update(Word).where(Word.text == SECRET).values(text="new"),
        delete(Word).where(Word.text == SECRET),
    ],
    ids=str,
)
async def test_the_values_of_a_slow_statement_are_hidden_in_its_plan_too(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
    statement: Executable,
) -> None:
    async with engine.begin() as connection:
        await connection.execute(statement)

    assert "words" in caplog.messages[-1].partition("plan: \n")[2].lower()
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "engine",
    [{"database_slow_statement": ALWAYS, "database_hide_parameters": False}],
    indirect=True,
)
async def test_the_values_are_shown_where_the_settings_show_them(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write_words(engine, SECRET)

    assert SECRET in caplog.text


async def test_a_plan_takes_nothing_from_a_result(engine: AsyncEngine) -> None:
    words = [f"word {number}" for number in range(MANY)]
    await write_words(engine, *words)

    assert await read_words(engine) == words


async def test_a_result_that_is_still_arriving_is_left_alone(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    words = [f"word {number}" for number in range(MANY)]
    await write_words(engine, *words)

    statement = select(Word.text).order_by(Word.id)
    async with AsyncSession(engine) as session:
        # {% if concurrency == "async" %}
        found = await session.stream_scalars(statement)
        read = [word async for word in found]
        # {% else %}
        read = list(session.scalars(statement, execution_options={"stream_results": True}))
        # {% endif %}

    assert read == words
    assert "plan: none" in caplog.messages[-1]


async def test_what_cannot_be_explained_is_logged_without_a_plan(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS unknown_things"))

    assert "DROP TABLE" in caplog.messages[-1]
    assert caplog.messages[-1].endswith("plan: none")


@pytest.mark.filterwarnings("ignore")
async def test_a_plan_that_fails_does_not_end_the_transaction(
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diagnostics, "EXPLAIN", "NONSENSE")

    await write_words(engine, "one", "two")

    assert await read_words(engine) == ["one", "two"]
    assert "plan: none, " in caplog.text


async def test_the_state_of_a_session_tells_what_it_holds(engine: AsyncEngine) -> None:
    await write_words(engine, "one", "two", "three")

    async with AsyncSession(engine) as session:
        before = diagnostics.session_state(session)
        words = await session.scalars(select(Word).order_by(Word.id))
        first, second, _third = words.all()
        first.text = "changed"
        await session.delete(second)
        session.add(Word(id=4, text="four"))
        after = diagnostics.session_state(session)

    assert before == "0 new, 0 dirty, 0 deleted, 0 persistent, no transaction"
    assert after == "1 new, 1 dirty, 1 deleted, 3 persistent, in a transaction"
# {% endcall %}
