# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys: how a machine proves for whom it acts."""

from datetime import timedelta

from fastapi.security import APIKeyHeader
from sqlalchemy import update

from app.auth.events import SecurityEvent, log_security_event
from app.auth.scopes import SCOPES, Actor, Scope
from app.auth.statements import machine
from app.auth.tokens import digest_of
from app.database.reading import read_session
from app.database.session import SessionFactory
from app.errors import Unauthorized
from app.models import ApiKey
from app.models.base import utc_now

ApiKeyHeader = APIKeyHeader(name="X-API-Key", scheme_name="ApiKey", auto_error=False)
# "Last used" is as exact as this: a write for each request would cost too much.
PRECISION = timedelta(minutes=1)


async def get_api_key_actor(sessions: SessionFactory, key: str) -> Actor:
    """Return for whom the bearer of an API key acts, and note its use. Raises Unauthorized."""
    async with read_session(sessions) as session:
        rows = await session.execute(machine(digest_of(key)))
        found = rows.one_or_none()
    now = utc_now()
    if found is None or (found[0].expires_at is not None and found[0].expires_at <= now):
        # What was sent may be half of a secret, so nothing of it is written.
        log_security_event(
            SecurityEvent.API_KEY_REFUSED, f"user {found[0].user_id}" if found else "nobody known"
        )
        raise Unauthorized("This API key is unknown or has ended.")
    api_key, role = found
    if api_key.last_used_at is None or api_key.last_used_at < now - PRECISION:
        used = update(ApiKey).where(ApiKey.id == api_key.id).values(last_used_at=now)
        async with sessions.begin() as session:
            await session.execute(used)
    granted = {scope for scope in Scope if scope in api_key.scopes}
    return Actor(api_key.user_id, SCOPES[role] & granted, session_id=None)
# {% endcall %}
