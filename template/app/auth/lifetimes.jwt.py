"""How long a sign-in lasts."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_

from app.config import Settings
from app.models import UserSession
from app.models.base import utc_now


def max_session_age(settings: Settings) -> timedelta:
    """Return after which time a sign-in ends, however often its tokens are refreshed."""
    return timedelta(days=settings.refresh_token_days)


def not_expired(settings: Settings) -> ColumnElement[bool]:
    """Return the condition that a sign-in is not too old, and was refreshed not too long ago."""
    now = utc_now()
    idle = timedelta(days=settings.refresh_token_idle_days)
    return and_(UserSession.expires_at > now, UserSession.last_used_at > now - idle)
