"""Request log: one line for every request, and an id for all lines of a request."""

import logging
import re
from time import perf_counter
from urllib.parse import quote
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import REQUEST_ID

logger = logging.getLogger(__name__)

# A client's id is logged: only harmless characters, and not many.
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog:
    """Log method, path, status and duration, and return the request id to the client."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("X-Request-ID", "")
        request_id = given if SAFE_ID.fullmatch(given) else uuid4().hex
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
            # Quoted: a path can contain line breaks. Without the query, which can contain secrets.
            path = quote(scope["path"])
            logger.info("%s %s %d %.1f ms", scope["method"], path, status, milliseconds)
            REQUEST_ID.reset(token)
