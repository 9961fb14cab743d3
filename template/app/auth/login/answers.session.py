"""What somebody gets who has signed in: a cookie, which pages cannot read, and the CSRF token."""

from fastapi import Response

from app.auth.credentials import COOKIE
from app.auth.csrf import csrf_token
from app.auth.login.schemas import CsrfToken
from app.config import Settings
from app.models import UserSession

LoginResponse = CsrfToken


def token_response(
    _settings: Settings,
    opened: tuple[UserSession, str],
    response: Response,
) -> LoginResponse:
    """Set the cookie that proves a session; return its CSRF token."""
    _, secret = opened
    # Without an age: the browser forgets it when it is closed, if not before.
    response.set_cookie(COOKIE, secret, secure=True, httponly=True, samesite="lax")
    return answer_csrf_token(secret, response)


def answer_csrf_token(secret: str, response: Response) -> CsrfToken:
    """Return the CSRF token of a session, which no cache may keep."""
    response.headers["Cache-Control"] = "no-store"
    return CsrfToken(csrf_token=csrf_token(secret))
