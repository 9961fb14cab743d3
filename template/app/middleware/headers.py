"""Security headers: browsers must not guess the type of a response, frame it, run it, cache it."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
POLICY = "Content-Security-Policy"
# Data is no page: opened in a browser, it runs nothing.
DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The API documentation loads its scripts from another host.
PAGES = {"/docs", "/docs/oauth2-redirect", "/redoc"}
PAGE = "base-uri 'none'; frame-ancestors 'none'"
# For one year, subdomains included.
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
CREDENTIALS = ("Authorization", "Cookie", "X-API-Key")


class SecurityHeaders:
    """Add security headers to every response, errors included. A route's own headers win."""

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        self.app = app
        self.headers = HEADERS | (HTTPS_ONLY if https_only else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added = self.headers | _for_request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _for_request(scope: Scope) -> dict[str, str]:
    """Headers that depend on the request. Caches must not store what one user requested."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    policy = {POLICY: PAGE if path in PAGES else DATA}
    given = Headers(scope=scope)
    if any(name in given for name in CREDENTIALS):
        return policy | {"Cache-Control": "no-store"}
    return policy
