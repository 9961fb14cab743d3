"""The last answer: what nobody expected becomes a clean 500 or 503."""

import logging

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.failures import transient_failure
from app.errors import ServiceBusy
from app.problems import ProblemResponse, problem

logger = logging.getLogger(__name__)


class CatchAll:
    """Answer for errors that no handler took.

    Left to the server, each would cut the client's connection. No detail of the error leaves the
    service; the log has all of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            # Too late for another answer: a cut connection tells the client that this one is not
            # complete.
            if started or scope["type"] != "http":
                raise
            logger.exception("unhandled error")
            await _answer(error, scope["path"])(scope, receive, send)


def _answer(error: Exception, path: str) -> ProblemResponse:
    if is_temporary(error):
        busy = ServiceBusy()
        return problem(path, busy.status_code, busy.detail, headers=busy.headers)
    return problem(path, 500, "The service failed. The error is logged.")


def is_temporary(error: Exception) -> bool:
    """Tell whether the same request may succeed in a while: no connection came free, or broke.

    What the database will refuse again, such as a table that is missing, is the service's fault.
    """
    return isinstance(error, PoolTimeout) or transient_failure(error) is not None
