"""How long a sign-in lasts."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_

from app.config import Settings
from app.models import SignIn
from app.models.base import utc_now


def longest(settings: Settings) -> timedelta:
    """Return after which time a sign-in ends, however often its tokens are refreshed."""
    return timedelta(days=settings.refresh_token_days)


def is_open(settings: Settings) -> ColumnElement[bool]:
    """Return the condition that a sign-in is not too old, and was refreshed not too long ago."""
    now = utc_now()
    idle = timedelta(days=settings.refresh_token_idle_days)
    return and_(SignIn.expires_at > now, SignIn.last_used_at > now - idle)
