# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sign-ins, and the headers that prove them."""

from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.credentials import COOKIE
from app.auth.csrf import HEADER, csrf_token
from app.auth.tokens import digest_of, new_token
from app.models import UserSession
from app.models.base import utc_now


async def add_session(session: AsyncSession, app: FastAPI, user_id: int) -> dict[str, str]:
    """Store a sign-in of a user; return the headers that prove it."""
    secret = new_token()
    expires_at = utc_now() + timedelta(hours=app.state.settings.session_hours)
    sign_in = UserSession(user_id=user_id, digest=digest_of(secret), client="tests")
    sign_in.expires_at = expires_at
    session.add(sign_in)
    await session.commit()
    return {"Cookie": f"{COOKIE}={secret}", HEADER: csrf_token(secret)}
# {% endcall %}
