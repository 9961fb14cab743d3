# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What a column holds comes back as it was given, on this database."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from app.config import Settings
from app.database.errors import transient_failure
# {% if dialect.server %}
from app.models.base import Base, Identified, Timestamped, Versioned, constraint_columns
# {% else %}
from app.models.base import Base, Identified, Timestamped, Versioned
# {% endif %}
from tests.databases import TempTable, temp_tables

IN_TOKYO = datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=9)))


class Colour(StrEnum):
    """A choice whose values are not its names."""

    DARK = "dark blue"
    LIGHT = "light blue"


class Sample(Identified, Timestamped, Versioned, TempTable):
    """A table with a column of each type."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("code", "amount"),
        CheckConstraint("amount > 0", name="amount"),
        Index(None, "colour", "moment"),
    )

    code: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    label: Mapped[str | None]
    moment: Mapped[datetime | None]
    amount: Mapped[Decimal] = mapped_column(default=Decimal(1))
    colour: Mapped[Colour | None]
    data: Mapped[dict[str, Any] | None]
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("samples.id"))


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Sample):
        yield


async def store(session: AsyncSession, **values: Any) -> Sample:
    """Store a sample and read it back from the database."""
    sample = Sample(**values)
    session.add(sample)
    await session.flush()
    await session.refresh(sample)
    return sample


async def raw(session: AsyncSession, column: str) -> Any:
    """Return what the last sample's column holds, as the driver gives it."""
    statement = text(f"SELECT {column} FROM samples ORDER BY id DESC LIMIT 1")  # noqa: S608
    return await session.scalar(statement)


async def test_a_moment_in_another_zone_comes_back_in_utc(session: AsyncSession) -> None:
    sample = await store(session, moment=IN_TOKYO)

    assert sample.moment == IN_TOKYO
    assert str(sample.moment) == "2026-02-28 16:02:03.456789+00:00"


async def test_a_moment_is_found_by_the_same_moment_in_another_zone(session: AsyncSession) -> None:
    sample = await store(session, moment=IN_TOKYO)

    found = await session.scalar(
        select(Sample.id).where(Sample.moment == IN_TOKYO.astimezone(UTC)),
    )

    assert found == sample.id


async def test_a_moment_without_a_zone_is_refused(session: AsyncSession) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        await store(session, moment=IN_TOKYO.replace(tzinfo=None))


@pytest.mark.parametrize("amount", ["0.10", "9999999999.99", "1234567890.12"])
async def test_an_amount_is_exact(session: AsyncSession, amount: str) -> None:
    sample = await store(session, amount=Decimal(amount))

    assert str(sample.amount) == amount


async def test_a_uuid_comes_back(session: AsyncSession) -> None:
    code = uuid4()

    sample = await store(session, code=code)

    assert sample.code == code


async def test_a_choice_is_stored_by_its_value(session: AsyncSession) -> None:
    sample = await store(session, colour=Colour.DARK)
    stored = await raw(session, "colour")

    assert sample.colour is Colour.DARK
    assert stored == "dark blue"


async def test_json_comes_back(session: AsyncSession) -> None:
    data = {"list": [1, 2.5, None, True], "text": "naïve \N{GRINNING FACE}", "more": {"": "x"}}

    sample = await store(session, data=data)

    assert sample.data == data


async def test_the_key_and_the_times_are_set(session: AsyncSession) -> None:
    before = datetime.now(UTC)

    sample = await store(session)

    assert sample.id > 0
    assert before <= sample.created_at <= datetime.now(UTC)
    assert before <= sample.updated_at <= datetime.now(UTC)


async def test_a_change_moves_only_the_time_of_the_last_change(session: AsyncSession) -> None:
    sample = await store(session)
    created_at, updated_at = sample.created_at, sample.updated_at

    sample.colour = Colour.LIGHT
    await session.flush()
    await session.refresh(sample)

    assert sample.created_at == created_at
    assert sample.updated_at > updated_at


async def test_a_change_counts_the_version_up(session: AsyncSession) -> None:
    sample = await store(session)

    sample.colour = Colour.LIGHT
    await session.flush()

    assert sample.version == 2


async def test_a_change_of_an_old_version_is_refused(session: AsyncSession) -> None:
    sample = await store(session)
    await session.execute(text("UPDATE samples SET version = version + 1"))

    sample.colour = Colour.LIGHT

    with pytest.raises(StaleDataError) as caught:
        await session.flush()

    assert transient_failure(caught.value) == "rolled_back"


async def test_an_object_can_be_shown_without_loading_it(session: AsyncSession) -> None:
    sample = await store(session)
    key = sample.id
    shown = repr(sample)

    session.expire(sample)

    assert shown == f"Sample({key})"
    assert repr(sample) == "Sample(None)"


def test_no_relationship_loads_by_itself() -> None:
    relationships = [one for mapper in Base.registry.mappers for one in mapper.relationships]

    # lazy="raise", and an option such as selectinload where it is needed.
    assert [f"{one}" for one in relationships if one.lazy in {"select", True}] == []


def test_constraints_are_named_by_the_convention() -> None:
    table = TempTable.metadata.tables["samples"]
    names = {constraint.name for constraint in table.constraints}

    assert names | {index.name for index in table.indexes} == {
        "pk_samples",
        "uq_samples_code",
        "uq_samples_code_amount",
        "ck_samples_amount",
        "fk_samples_sample_id",
        "ix_samples_colour_moment",
    }

# {% if dialect.server %}

@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("uq_samples_code", ("code",)),
        ("uq_samples_code_amount", ("code", "amount")),
        ("ck_samples_amount", ("amount",)),
        ("fk_samples_sample_id", ("sample_id",)),
        ("uq_samples_nothing", ()),
        ("", ()),
    ],
)
def test_a_constraint_tells_its_columns(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    columns: tuple[str, ...],
) -> None:
    monkeypatch.setattr(Base, "metadata", TempTable.metadata)

    assert constraint_columns(name) == columns
# {% endif %}
# {% endcall %}
