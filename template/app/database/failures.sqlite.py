"""Tell whether a transaction ended for a reason that passes, so that it may be tried again."""

from typing import Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

# rolled_back: nothing was stored. lost: the connection is gone; if COMMIT was under way, nobody
# knows. A file has no connection to lose.
Failure = Literal["rolled_back", "lost"]

# https://sqlite.org/rescode.html
ROLLED_BACK = ("SQLITE_BUSY", "SQLITE_LOCKED")


def transient_failure(error: BaseException) -> Failure | None:
    """Return how the transaction ended, or None where trying again would change nothing."""
    if isinstance(error, StaleDataError):
        # What was to be changed is gone, or is newer than what was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    name: str = getattr(error.driver_exception, "sqlite_errorname", "")
    return "rolled_back" if name.startswith(ROLLED_BACK) else None
