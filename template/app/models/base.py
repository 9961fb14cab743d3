"""The base of every table: names of constraints, types of columns, a key and two timestamps."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Numeric,
    String,
)
from sqlalchemy.dialects.mysql import DATETIME, VARCHAR
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import ColumnCollectionConstraint
from sqlalchemy.types import TypeDecorator

# Names that are the same on every database, so that migrations and error messages can use them.
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

# Whether an index can hold some rows only. Where not, it holds all of them.
PARTIAL_INDEXES = {{ dialect.partial_index }}

BigId = BigInteger().with_variant(Integer(), "sqlite")


def case_sensitive_string(length: int) -> String:
    """Return the type of text that equals nothing but itself.

    Left alone, MySQL and MariaDB take `LAMP`, `Lämp` and `lamp` for the same.
    """
    mysql = VARCHAR(length, collation="utf8mb4_0900_bin")
    mariadb = VARCHAR(length, collation="utf8mb4_nopad_bin")
    return String(length).with_variant(mysql, "mysql").with_variant(mariadb, "mariadb")


def utc_now() -> datetime:
    """Return the current moment, aware of its zone."""
    return datetime.now(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in time: written in UTC, read in UTC, with microseconds.

    Left alone, SQLite and MySQL drop the offset and give back another moment than was stored.
    """

    impl = DateTime(timezone=True).with_variant(DATETIME(fsp=6), "mysql", "mariadb")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime needs a time zone, like datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Add the zone where the database does not keep it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(choices: type[StrEnum]) -> list[str]:
    return [choice.value for choice in choices]


class Base(DeclarativeBase):
    """What every table is made of: an annotation alone gives a column its type."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        Decimal: Numeric(12, 2),
        StrEnum: Enum(StrEnum, native_enum=False, length=20, values_callable=_values),
        dict[str, Any]: JSON(none_as_null=True),
        str: String(255),
    }

    def __repr__(self) -> str:
        """Show what is loaded, and load nothing: this must work for an expired object too."""
        return f"{type(self).__name__}({vars(self).get('id')})"


class Identified:
    """A numeric key that the database hands out."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-1)


class Timestamped:
    """When the row was made and last changed. Set here, so that no extra read is needed."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now, sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, sort_order=1)


class Versioned:
    """A version that each change counts up; a change of an older version is refused.

    So two people who edit the same row cannot silently undo each other.
    """

    version: Mapped[int] = mapped_column(sort_order=2)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Tell SQLAlchemy which column counts."""
        return {"version_id_col": cls.version}


def only_where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """Return the option that limits an index to the rows that meet a condition.

    Write it exactly as queries do: the database uses the index only where it knows it again.
    """
    return {"{{ dialect.name }}_where": condition} if PARTIAL_INDEXES else {}


def constraint_columns(name: str) -> tuple[str, ...]:
    """Return the columns that a constraint is about, by its name; none if it is unknown."""
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if constraint.name != name:
                continue
            if isinstance(constraint, CheckConstraint):
                return (name.removeprefix(f"ck_{table.name}_"),)
            if isinstance(constraint, ColumnCollectionConstraint):
                return tuple(column.name for column in constraint.columns)
    return ()
