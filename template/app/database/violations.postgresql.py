"""Tell which rule of the schema PostgreSQL enforced when it refused a statement."""

from typing import Literal, NamedTuple

from psycopg.errors import Error
from sqlalchemy.exc import DataError, DBAPIError

from app.models.base import constraint_columns

# https://www.postgresql.org/docs/current/errcodes-appendix.html
KINDS: dict[str, Literal["unique", "foreign_key", "check"]] = {
    "23505": "unique",
    "23503": "foreign_key",
    "23001": "foreign_key",
    "23514": "check",
    "23502": "check",
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
    if not isinstance(cause, Error):
        return None
    kind = KINDS.get(cause.sqlstate or "")
    if kind is None:
        return None
    return Violation(kind, _fields(cause))


def _fields(cause: Error) -> tuple[str, ...]:
    if cause.diag.column_name:
        return (cause.diag.column_name,)
    return constraint_columns(cause.diag.constraint_name or "")
