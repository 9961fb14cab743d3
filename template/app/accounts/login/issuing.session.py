# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a session begins."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.lifetimes import longest
from app.accounts.tokens import digest_of, new_token
from app.config import Settings
from app.models import SignIn
from app.models.base import utc_now


async def open_sign_in(
    session: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> tuple[SignIn, str]:
    """Store a session; return it with its cookie's value, of which only the digest is stored."""
    secret = new_token()
    expires_at = utc_now() + longest(settings)
    sign_in = SignIn(user_id=user_id, client=client, expires_at=expires_at)
    sign_in.digest = digest_of(secret)
    session.add(sign_in)
    await session.flush()
    return sign_in, secret
# {% endcall %}
