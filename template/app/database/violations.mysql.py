"""Tell which rule of the schema {{ dialect.label }} enforced when it refused a statement."""

import re
from typing import Literal, NamedTuple

from sqlalchemy.exc import DBAPIError

from app.models.base import constraint_columns

# The server's own numbers: its SQLSTATE is too coarse, and one check arrives as another class.
KINDS: dict[int, Literal["unique", "foreign_key", "check", "data"]] = {
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

# Constraints by the convention of models/base.py. The rule comes last in a message; what precedes
# it may be the client's own text.
NAMES = re.compile(r"\b(?:uq|fk|ck)_\w+")


class Violation(NamedTuple):
    """A rule of the schema, and the columns it is about where that is known."""

    kind: Literal["unique", "foreign_key", "check", "data"]
    fields: tuple[str, ...] = ()


def constraint_violation(error: DBAPIError) -> Violation | None:
    """Return the rule that was violated, or None where the error is of another kind."""
    match error.driver_exception.args:
        case (int(number), str(message)) if number in KINDS:
            names = NAMES.findall(message)
            return Violation(KINDS[number], constraint_columns(names[-1]) if names else ())
        case _:
            return None
