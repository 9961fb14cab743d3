"""A limit on how much a client may send."""

from fastapi import HTTPException, status
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import problem

TOO_LARGE = status.HTTP_413_CONTENT_TOO_LARGE


class BodyLimit:
    """Refuse a body beyond the limit, by the length it states or by what has arrived.

    FastAPI's own limit answers outside of all middleware: in plain text, without CORS headers and
    without the request's id.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("Content-Length", "")
        if stated.isdecimal() and int(stated) > self.limit:
            await problem(scope["path"], TOO_LARGE, self._detail)(scope, receive, send)
            return
        arrived = 0

        async def receive_within_limit() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.limit:
                raise HTTPException(TOO_LARGE, self._detail)
            return message

        await self.app(scope, receive_within_limit, send)

    @property
    def _detail(self) -> str:
        return f"The body is larger than {self.limit} bytes."
