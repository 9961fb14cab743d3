"""No other site may act with the cookie of a user who visits it.

Whatever changes something carries a token in a header, which only the service's own pages can
read and only they can send. https://cheatsheetseries.owasp.org/ names this a signed token bound
to the session: it is made from the cookie's secret, so nothing is stored.
"""

import hmac
from typing import Any

from fastapi import Request

from app.auth.events import SecurityEvent, log_security_event
from app.auth.scopes import Actor
from app.errors import Forbidden

HEADER = "X-CSRF-Token"
SAFE = {"GET", "HEAD", "OPTIONS"}
SCHEME = "CsrfToken"


def csrf_token(secret: str) -> str:
    """Return the token that belongs to a session's cookie."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()


def check_csrf(request: Request, secret: str, actor: Actor) -> None:
    """Raise Forbidden for a change without the token of its session."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
        log_security_event(SecurityEvent.ACCESS_REFUSED, f"{actor}, without the session's token")
        raise Forbidden(f"Send the session's token in the header {HEADER}.")


def describe_csrf(document: dict[str, Any]) -> None:
    """Name the token in an OpenAPI document, beside the cookie of each change: /docs asks for it.

    Schemes of one requirement are needed together.
    https://spec.openapis.org/oas/v3.1.1#security-requirement-object
    """
    scheme = {"type": "apiKey", "in": "header", "name": HEADER}
    document["components"]["securitySchemes"][SCHEME] = scheme
    for path in document["paths"].values():
        for method, operation in path.items():
            if method.upper() not in SAFE:
                add_token(operation.get("security", []))


def add_token(requirements: list[dict[str, list[str]]]) -> None:
    """Let whoever comes by cookie bring the token too."""
    for schemes in requirements:
        if "Session" in schemes:
            schemes[SCHEME] = []
