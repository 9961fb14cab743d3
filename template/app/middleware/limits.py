"""Limit of the size of request bodies."""

from fastapi import HTTPException, status
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem

TOO_LARGE = status.HTTP_413_CONTENT_TOO_LARGE


class BodyLimit:
    """Refuse a body beyond the limit, by its stated length or by the bytes received.

    FastAPI's own limit answers outside of all middleware: in plain text, without CORS headers and
    without a request id.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit
        self.detail = f"The body is larger than {limit} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("Content-Length", "")
        if stated.isdecimal() and int(stated) > self.limit:
            await problem(scope["path"], TOO_LARGE, self.detail)(scope, receive, send)
            return
        arrived = 0

        async def receive_within_limit() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.limit:
                raise HTTPException(TOO_LARGE, self.detail)
            return message

        await self.app(scope, receive_within_limit, send)
