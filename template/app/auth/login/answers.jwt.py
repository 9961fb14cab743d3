"""What somebody gets who has signed in: tokens, which no cache may keep."""

from fastapi import Response

from app.auth.access_tokens import issue_access_token
from app.auth.login.schemas import Tokens
from app.config import Settings
from app.models import UserSession

LoginResponse = Tokens


def token_response(
    settings: Settings,
    opened: tuple[UserSession, str],
    response: Response,
) -> LoginResponse:
    """Return the tokens that prove and continue a sign-in, the second one as it is given."""
    sign_in, refresh_token = opened
    response.headers["Cache-Control"] = "no-store"
    return Tokens(
        access_token=issue_access_token(settings, sign_in.user_id, sign_in.id),
        refresh_token=refresh_token,
        expires_in=round(settings.access_token_minutes * 60),
    )
