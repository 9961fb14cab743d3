"""Access tokens: short-lived JSON Web Tokens, each bound to a sign-in.

https://www.rfc-editor.org/rfc/rfc7519, and RFC 8725 for what may go wrong with them.
"""

from datetime import timedelta
from typing import Any

import jwt

from app.config import Settings
from app.errors import Unauthorized
from app.models.base import utc_now

# One algorithm, whatever a token says about itself.
ALGORITHM = "HS256"
TYPE = "at+jwt"
REQUIRED = ["exp", "nbf", "iat", "iss", "aud", "sub", "sid"]
REFUSAL = "This access token is not valid, or no longer."


def issue_access_token(settings: Settings, user_id: int, session_id: int) -> str:
    """Return a token that proves a sign-in for a few minutes."""
    now = utc_now()
    key_id, secret = next(iter(settings.jwt_keys.items()))
    claims: dict[str, Any] = {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": f"{user_id}",
        "sid": f"{session_id}",
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=settings.access_token_minutes),
    }
    headers = {"kid": key_id, "typ": TYPE}
    return jwt.encode(claims, secret.get_secret_value(), ALGORITHM, headers)


def read_access_token(settings: Settings, token: str) -> tuple[int, int]:
    """Return the user and the sign-in that a token proves. Raises Unauthorized.

    Of the header only the key id is used, to choose among our own keys: where a token says that
    its key is to be found, is never looked at.
    """
    try:
        header = jwt.get_unverified_header(token)
        secret = settings.jwt_keys[header["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token,
            secret.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
            options={"require": REQUIRED},
        )
        proved = int(claims["sub"]), int(claims["sid"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unauthorized(REFUSAL) from None
    if header.get("typ") != TYPE:
        raise Unauthorized(REFUSAL)
    return proved
