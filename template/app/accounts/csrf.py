"""No other site may act with the cookie of a user who visits it.

Whatever changes something carries a token in a header, which only the service's own pages can
read and only they can send. https://cheatsheetseries.owasp.org/ names this a signed token bound
to the session: it is made from the cookie's secret, so nothing is stored.
"""

import hmac

from fastapi import Request

from app.accounts.events import Event, note
from app.accounts.scopes import Actor
from app.errors import Forbidden

HEADER = "X-CSRF-Token"
SAFE = {"GET", "HEAD", "OPTIONS"}


def csrf_token(secret: str) -> str:
    """Return the token that belongs to a session's cookie."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()


def check_csrf(request: Request, secret: str, actor: Actor) -> None:
    """Raise Forbidden for a change without the token of its session."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
        note(Event.ACCESS_REFUSED, f"{actor}, without the session's token")
        raise Forbidden(f"Send the session's token in the header {HEADER}.")
