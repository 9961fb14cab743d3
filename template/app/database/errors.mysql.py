"""Errors of {{ dialect.label }}: which constraint refused the data, and which failure is transient."""

import re
from typing import Literal, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.models.base import constraint_columns

# Error numbers of the server: its SQLSTATE is too coarse, and a check arrives as another class.
CONSTRAINTS: dict[int, Literal["unique", "foreign_key", "check", "data"]] = {
    1062: "unique",  # ER_DUP_ENTRY
    1586: "unique",  # ER_DUP_ENTRY_WITH_KEY_NAME
    1451: "foreign_key",  # ER_ROW_IS_REFERENCED_2
    1452: "foreign_key",  # ER_NO_REFERENCED_ROW_2
    3819: "check",  # ER_CHECK_CONSTRAINT_VIOLATED, MySQL
    4025: "check",  # ER_CONSTRAINT_FAILED, MariaDB
    1048: "check",  # ER_BAD_NULL_ERROR
    1264: "data",  # ER_WARN_DATA_OUT_OF_RANGE
    1366: "data",  # ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
    1406: "data",  # ER_DATA_TOO_LONG
    1690: "data",  # ER_DATA_OUT_OF_RANGE
}
ROLLED_BACK = {
    1020,  # ER_CHECKREAD, the row has changed since it was read
    1205,  # ER_LOCK_WAIT_TIMEOUT
    1213,  # ER_LOCK_DEADLOCK
}
LOST = {
    1040,  # ER_CON_COUNT_ERROR
    1047,  # ER_UNKNOWN_COM_ERROR, a node of a cluster that is not ready
    1053,  # ER_SERVER_SHUTDOWN
    1152,  # ER_ABORTING_CONNECTION
    1158,  # ER_NET_READ_ERROR
    1159,  # ER_NET_READ_INTERRUPTED
    1160,  # ER_NET_ERROR_ON_WRITE
    1161,  # ER_NET_WRITE_INTERRUPTED
    1927,  # ER_CONNECTION_KILLED
    2002,  # CR_CONNECTION_ERROR
    2003,  # CR_CONN_HOST_ERROR
    2006,  # CR_SERVER_GONE_ERROR
    2013,  # CR_SERVER_LOST
    2055,  # CR_SERVER_LOST_EXTENDED
    4031,  # ER_CLIENT_INTERACTION_TIMEOUT
}

# ER_SP_DOES_NOT_EXIST, for a savepoint and for a missing function alike.
NO_SUCH_NAME = 1305

# Constraints by the naming convention of models/base.py. Take the last one of a message: the text
# before it can be input of the client.
NAMES = re.compile(r"\b(?:uq|fk|ck)_\w+")

# rolled_back: nothing was stored. lost: the connection is gone, and a COMMIT under way was
# stored or not.
Failure = Literal["rolled_back", "lost"]


class Violation(NamedTuple):
    """Violated constraint, with its columns where they are known."""

    kind: Literal["unique", "foreign_key", "check", "data"]
    fields: tuple[str, ...] = ()


def constraint_violation(error: DBAPIError) -> Violation | None:
    """Violated constraint, or None for any other error."""
    match error.driver_exception.args:
        case (int(number), str(message)) if number in CONSTRAINTS:
            names = NAMES.findall(message)
            return Violation(CONSTRAINTS[number], constraint_columns(names[-1]) if names else ())
        case _:
            return None


def transient_failure(error: BaseException) -> Failure | None:
    """How the transaction failed, or None for an error that a retry cannot cure."""
    if isinstance(error, StaleDataError):
        # The row was deleted or changed since it was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    number, message = (*error.driver_exception.args, None, None)[:2]
    if number in ROLLED_BACK or _savepoint_was_lost(number, message):
        return "rolled_back"
    if error.connection_invalidated or number in LOST:
        return "lost"
    return None


def _savepoint_was_lost(number: object, message: object) -> bool:
    """Tell whether a deadlock removed the savepoint, which makes the rollback to it fail."""
    return number == NO_SUCH_NAME and str(message).startswith("SAVEPOINT ")
