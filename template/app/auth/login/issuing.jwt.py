# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a sign-in begins: with a refresh token. All that follow belong to the same sign-in."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.lifetimes import max_session_age
from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.models import RefreshToken, UserSession
from app.models.base import utc_now


async def create_session(
    session: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> tuple[UserSession, str]:
    """Store a sign-in; return it with its first refresh token."""
    expires_at = utc_now() + max_session_age(settings)
    sign_in = UserSession(user_id=user_id, client=client, expires_at=expires_at)
    session.add(sign_in)
    await session.flush()
    return sign_in, add_refresh_token(session, sign_in)


def add_refresh_token(session: AsyncSession, sign_in: UserSession) -> str:
    """Return a new refresh token of a sign-in. Only its digest is stored."""
    token = new_token()
    session.add(RefreshToken(session_id=sign_in.id, digest=digest_of(token)))
    return token
# {% endcall %}
