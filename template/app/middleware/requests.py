"""One line of log for every request, and an id that ties all lines of a request together."""

import logging
import re
from time import perf_counter
from urllib.parse import quote
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import REQUEST_ID

logger = logging.getLogger(__name__)

# An id from outside goes into the log: nothing but harmless characters, and not many.
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog:
    """Log method, path, status and time taken; answer with the request's id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        status = 0
        started = perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        token = REQUEST_ID.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            milliseconds = (perf_counter() - started) * 1000
            # Quoted: a path may hold a line break. Without its query, which may hold a secret.
            path = quote(scope["path"])
            logger.info("%s %s %d %.1f ms", scope["method"], path, status, milliseconds)
            REQUEST_ID.reset(token)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("X-Request-ID", "")
    return given if SAFE_ID.fullmatch(given) else uuid4().hex
