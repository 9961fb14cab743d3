"""Tell which rule of the schema SQLite enforced when it refused a statement."""

from typing import Literal, NamedTuple

from sqlalchemy.exc import DataError, DBAPIError

# https://sqlite.org/rescode.html
KINDS: dict[str, Literal["unique", "foreign_key", "check"]] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign_key",
    "SQLITE_CONSTRAINT_TRIGGER": "foreign_key",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_NOTNULL": "check",
}


class Violation(NamedTuple):
    """A rule of the schema, and the columns it is about where that is known."""

    kind: Literal["unique", "foreign_key", "check", "data"]
    fields: tuple[str, ...] = ()


def constraint_violation(error: DBAPIError) -> Violation | None:
    """Return the rule that was violated, or None where the error is of another kind."""
    if isinstance(error, DataError):
        return Violation("data")
    cause = error.driver_exception
    kind = KINDS.get(getattr(cause, "sqlite_errorname", ""))
    if kind is None:
        return None
    return Violation(kind, _fields(str(cause)))


def _fields(message: str) -> tuple[str, ...]:
    """Read the columns off `UNIQUE constraint failed: products.slug, products.sku`.

    A check is named instead, by the convention of models/base.py: ck_<table>_<column>.
    """
    _, _, names = message.partition(": ")
    return tuple(_column(name) for name in names.split(", ") if name)


def _column(name: str) -> str:
    table, _, column = name.rpartition(".")
    return column if table else name.split("_", maxsplit=2)[-1]
