"""How long a sign-in lasts."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_

from app.config import Settings
from app.models import UserSession
from app.models.base import utc_now


def max_session_age(settings: Settings) -> timedelta:
    """Return after which time a session ends, however much it is used."""
    return timedelta(hours=settings.session_hours)


def not_expired(settings: Settings) -> ColumnElement[bool]:
    """Return the condition that a session is not too old, and was not left alone for too long."""
    now = utc_now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    return and_(UserSession.expires_at > now, UserSession.last_used_at > now - idle)
