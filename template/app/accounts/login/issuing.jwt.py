# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a sign-in begins: with a refresh token. All that follow belong to the same sign-in."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.lifetimes import longest
from app.accounts.tokens import digest_of, new_token
from app.config import Settings
from app.models import RefreshToken, SignIn
from app.models.base import utc_now


async def open_sign_in(
    session: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> tuple[SignIn, str]:
    """Store a sign-in; return it with its first refresh token."""
    expires_at = utc_now() + longest(settings)
    sign_in = SignIn(user_id=user_id, client=client, expires_at=expires_at)
    session.add(sign_in)
    await session.flush()
    return sign_in, add_refresh_token(session, sign_in)


def add_refresh_token(session: AsyncSession, sign_in: SignIn) -> str:
    """Return a new refresh token of a sign-in. Only its digest is stored."""
    token = new_token()
    session.add(RefreshToken(sign_in_id=sign_in.id, digest=digest_of(token)))
    return token
# {% endcall %}
