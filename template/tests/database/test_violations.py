# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A rule of the schema that refuses a statement is known by its kind and its columns."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database.errors import Violation, constraint_violation
from app.models.base import Base, Identified
from tests.databases import TempTable, temp_tables


class Locker(Identified, TempTable):
    """A table with one rule of each kind."""

    __tablename__ = "lockers"
    __table_args__ = (
        UniqueConstraint("room", "place"),
        CheckConstraint("place > 0", name="place"),
    )

    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    room: Mapped[str] = mapped_column(String(10), default="A")
    place: Mapped[int] = mapped_column(SmallInteger)
    above_id: Mapped[int | None] = mapped_column(ForeignKey("lockers.id", ondelete="RESTRICT"))


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Locker):
        yield


@pytest.fixture(autouse=True)
def _known_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Base, "metadata", TempTable.metadata)


@pytest.fixture
async def locker(session: AsyncSession) -> Locker:
    """A locker that is stored."""
    locker = Locker(code="first", room="A", place=1)
    session.add(locker)
    await session.flush()
    return locker


async def refusal(session: AsyncSession, **values: Any) -> Violation | None:
    """Return the rule against which another locker is."""
    session.add(Locker(**{"place": 2, **values}))
    with pytest.raises(DBAPIError) as caught:
        await session.flush()
    return constraint_violation(caught.value)


@pytest.mark.usefixtures("locker")
@pytest.mark.parametrize(
    ("values", "violation"),
    [
        ({"code": "first"}, Violation("unique", ("code",))),
        ({"room": "A", "place": 1}, Violation("unique", ("room", "place"))),
        ({"place": 0}, Violation("check", ("place",))),
    ],
    ids=["unique", "composite unique", "check"],
)
async def test_a_broken_rule_is_known_by_its_kind_and_columns(
    session: AsyncSession,
    values: dict[str, Any],
    violation: Violation,
) -> None:
    found = await refusal(session, **values)

    assert found == violation


async def test_a_value_that_looks_like_a_rule_misleads_nobody(session: AsyncSession) -> None:
    code = "x' for key 'uq_lockers_room_place'"
    session.add(Locker(code=code, room="B", place=1))
    await session.flush()

    found = await refusal(session, code=code)

    assert found == Violation("unique", ("code",))


async def test_a_row_that_is_referred_to_but_missing_is_a_foreign_key(
    session: AsyncSession,
) -> None:
    found = await refusal(session, above_id=999_999)

    assert found
    assert found.kind == "foreign_key"


async def test_a_row_that_others_refer_to_is_a_foreign_key(
    session: AsyncSession,
    locker: Locker,
) -> None:
    session.add(Locker(place=2, above_id=locker.id))
    await session.flush()
    await session.delete(locker)

    with pytest.raises(DBAPIError) as caught:
        await session.flush()

    found = constraint_violation(caught.value)
    assert found
    assert found.kind == "foreign_key"


async def test_a_missing_value_is_against_a_check(session: AsyncSession) -> None:
    found = await refusal(session, place=None)

    assert found
    assert found.kind == "check"


# {% if dialect.server %}
@pytest.mark.parametrize(
    "values",
    [{"room": "x" * 11}, {"place": 40_000}],
    ids=["too long", "out of range"],
)
async def test_a_value_that_does_not_fit_is_data(
    session: AsyncSession,
    values: dict[str, Any],
) -> None:
    found = await refusal(session, **values)

    assert found == Violation("data")


# {% endif %}
async def test_an_error_of_another_kind_is_no_violation(session: AsyncSession) -> None:
    with pytest.raises(DBAPIError) as caught:
        await session.execute(text("SELECT nothing FROM nowhere"))

    assert constraint_violation(caught.value) is None
# {% endcall %}
