# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sign-ins, and the headers that prove them."""

from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.access_tokens import issue_access_token
from app.models import UserSession
from app.models.base import utc_now


async def add_session(session: AsyncSession, app: FastAPI, user_id: int) -> dict[str, str]:
    """Store a sign-in of a user; return the headers that prove it."""
    sign_in = UserSession(
        user_id=user_id, client="tests", expires_at=utc_now() + timedelta(hours=1)
    )
    session.add(sign_in)
    await session.commit()
    token = issue_access_token(app.state.settings, user_id, sign_in.id)
    return {"Authorization": f"Bearer {token}"}
# {% endcall %}
