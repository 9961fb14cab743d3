"""Tell whether a transaction ended for a reason that passes, so that it may be tried again."""

from typing import Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

# rolled_back: nothing was stored. lost: the connection is gone; if COMMIT was under way, nobody
# knows.
Failure = Literal["rolled_back", "lost"]

# The server's own numbers: its SQLSTATE is too coarse.
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

# ER_SP_DOES_NOT_EXIST. A function that is missing has the same number.
NO_SUCH_NAME = 1305


def transient_failure(error: BaseException) -> Failure | None:
    """Return how the transaction ended, or None where trying again would change nothing."""
    if isinstance(error, StaleDataError):
        # What was to be changed is gone, or is newer than what was read.
        return "rolled_back"
    if not isinstance(error, DBAPIError):
        return None
    number, message = (*error.driver_exception.args, None, None)[:2]
    if number in ROLLED_BACK or _lost_its_savepoint(number, message):
        return "rolled_back"
    if error.connection_invalidated or number in LOST:
        return "lost"
    return None


def _lost_its_savepoint(number: object, message: object) -> bool:
    """Tell whether a deadlock took a savepoint along, which makes the rollback to it fail."""
    return number == NO_SUCH_NAME and str(message).startswith("SAVEPOINT ")
