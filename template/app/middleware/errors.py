"""Last resort: unexpected errors become a clean 500 or 503."""

import logging

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.errors import transient_failure
from app.error_handlers import ProblemResponse, problem
from app.errors import ServiceBusy

logger = logging.getLogger(__name__)


class CatchAll:
    """Answer errors without a handler.

    The server would close the client's connection. The error is logged in full, and the client
    gets no detail of it.
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
            # Too late for another response: a closed connection tells the client that this one is
            # incomplete.
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
    """Tell whether the same request can succeed later: no connection was free, or it broke.

    Errors that would occur again, such as a missing table, are the service's fault.
    """
    return isinstance(error, PoolTimeout) or transient_failure(error) is not None
