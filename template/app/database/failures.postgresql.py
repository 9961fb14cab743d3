"""Tell whether a transaction ended for a reason that passes, so that it may be tried again."""

from typing import Literal

from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

# rolled_back: nothing was stored. lost: the connection is gone; if COMMIT was under way, nobody
# knows.
Failure = Literal["rolled_back", "lost"]

# https://www.postgresql.org/docs/current/errcodes-appendix.html
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


def transient_failure(error: BaseException) -> Failure | None:
    """Return how the transaction ended, or None where trying again would change nothing."""
    if isinstance(error, StaleDataError):
        # What was to be changed is gone, or is newer than what was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    cause = error.driver_exception
    code = getattr(cause, "sqlstate", None) or ""
    if code in ROLLED_BACK:
        return "rolled_back"
    # A connection that breaks, or is refused, has no code at all.
    unreachable = isinstance(cause, OperationalError) and not code
    if error.connection_invalidated or unreachable or code in LOST or code.startswith("08"):
        return "lost"
    return None
