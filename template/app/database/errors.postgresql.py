"""Errors of PostgreSQL: which constraint refused the data, and which failure is transient."""

from typing import Literal, NamedTuple

from psycopg import OperationalError
from psycopg.errors import Error
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.models.base import constraint_columns

# https://www.postgresql.org/docs/current/errcodes-appendix.html
CONSTRAINTS: dict[str, Literal["unique", "foreign_key", "check"]] = {
    "23505": "unique",
    "23503": "foreign_key",
    "23001": "foreign_key",
    "23514": "check",
    "23502": "check",
}
ROLLED_BACK = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
}
LOST = {
    "25P03",  # idle_in_transaction_session_timeout
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now
}

# rolled_back: nothing was stored. lost: the connection is gone, and a COMMIT under way was
# stored or not.
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
    if not isinstance(cause, Error):
        return None
    kind = CONSTRAINTS.get(cause.sqlstate or "")
    if kind is None:
        return None
    return Violation(kind, _fields(cause))


def _fields(cause: Error) -> tuple[str, ...]:
    if cause.diag.column_name:
        return (cause.diag.column_name,)
    return constraint_columns(cause.diag.constraint_name or "")


def transient_failure(error: BaseException) -> Failure | None:
    """How the transaction failed, or None for an error that a retry cannot cure."""
    if isinstance(error, StaleDataError):
        # The row was deleted or changed since it was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    cause = error.driver_exception
    code = getattr(cause, "sqlstate", None) or ""
    if code in ROLLED_BACK:
        return "rolled_back"
    # A connection that breaks or is refused has no code at all.
    unreachable = isinstance(cause, OperationalError) and not code
    if error.connection_invalidated or unreachable or code in LOST or code.startswith("08"):
        return "lost"
    return None
