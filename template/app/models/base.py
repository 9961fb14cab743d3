"""Base of every table: names of constraints, types of columns, key and timestamps."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, Numeric, String
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
# {% if dialect.server %}
from sqlalchemy.schema import CheckConstraint, ColumnCollectionConstraint
# {% endif %}
from sqlalchemy.types import TypeDecorator

# Same names on every database, so that migrations and error messages can use them.
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")


def utc_now() -> datetime:
    """Current time, aware of its zone."""
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
    """Base of every table: an annotation alone gives a column its type."""

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
    """Numeric key that the database generates."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-1)


class Timestamped:
    """Times of creation and last change. Set here, so that no extra read is needed."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now, sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, sort_order=1)


class SoftDeleted:
    """Rows that are marked as deleted and stay, because other rows refer to them.

    Reads leave them out: see `select_existing` in app/database.
    """

    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=1)


class Versioned:
    """Optimistic locking: each change increments the version, and an outdated one is refused.

    So two clients that edit the same row cannot silently undo each other's change.
    """

    version: Mapped[int] = mapped_column(sort_order=2)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Tell SQLAlchemy which column counts."""
        return {"version_id_col": cls.version}
# {% if dialect.server %}


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
# {% endif %}
