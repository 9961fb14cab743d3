# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a session begins."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.lifetimes import max_session_age
from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.models import UserSession
from app.models.base import utc_now


async def create_session(
    session: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> tuple[UserSession, str]:
    """Store a session; return it with its cookie's value, of which only the digest is stored."""
    secret = new_token()
    expires_at = utc_now() + max_session_age(settings)
    sign_in = UserSession(user_id=user_id, client=client, expires_at=expires_at)
    sign_in.digest = digest_of(secret)
    session.add(sign_in)
    await session.flush()
    return sign_in, secret
# {% endcall %}
