"""Errors of SQLite: which constraint refused the data, and which failure is transient."""

from typing import Literal, NamedTuple

from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm.exc import StaleDataError

# https://sqlite.org/rescode.html
CONSTRAINTS: dict[str, Literal["unique", "foreign_key", "check"]] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign_key",
    "SQLITE_CONSTRAINT_TRIGGER": "foreign_key",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_NOTNULL": "check",
}
ROLLED_BACK = ("SQLITE_BUSY", "SQLITE_LOCKED")

# rolled_back: nothing was stored. lost: the connection is gone, and a COMMIT under way was
# stored or not. A file has no connection to lose.
Failure = Literal["rolled_back", "lost"]


class Violation(NamedTuple):
    """Violated constraint, with its columns where they are known."""

    kind: Literal["unique", "foreign_key", "check", "data"]
    fields: tuple[str, ...] = ()


def constraint_violation(error: DBAPIError) -> Violation | None:
    """Violated constraint, or None for any other error."""
    if isinstance(error, DataError):
        return Violation("data")
    cause = error.driver_exception
    kind = CONSTRAINTS.get(getattr(cause, "sqlite_errorname", ""))
    if kind is None:
        return None
    return Violation(kind, _fields(str(cause)))


def _fields(message: str) -> tuple[str, ...]:
    """Columns named by `UNIQUE constraint failed: products.slug, products.sku`.

    A check is reported by its name, which follows models/base.py: ck_<table>_<column>.
    """
    _, _, names = message.partition(": ")
    return tuple(_column(name) for name in names.split(", ") if name)


def _column(name: str) -> str:
    table, _, column = name.rpartition(".")
    return column if table else name.split("_", maxsplit=2)[-1]


def transient_failure(error: BaseException) -> Failure | None:
    """How the transaction failed, or None for an error that a retry cannot cure."""
    if isinstance(error, StaleDataError):
        # The row was deleted or changed since it was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    name: str = getattr(error.driver_exception, "sqlite_errorname", "")
    return "rolled_back" if name.startswith(ROLLED_BACK) else None
