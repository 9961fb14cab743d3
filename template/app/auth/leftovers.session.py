"""What is left of sessions and tokens that have ended. Nobody can use it; it only takes room."""

from sqlalchemy import delete, not_

from app.auth.lifetimes import not_expired
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import EmailToken, UserSession
from app.models.base import utc_now


def delete_expired_sessions_and_tokens(settings: Settings) -> int:
    """Delete sessions and mailed tokens that have ended, and return how many there were.

    Over a connection without a limit on how long a statement takes: there may be very many.
    """
    ended = not_(not_expired(settings))
    expired = EmailToken.expires_at <= utc_now()
    with build_migration_engine(settings).begin() as connection:
        user_sessions = connection.execute(delete(UserSession).where(ended))
        tokens = connection.execute(delete(EmailToken).where(expired))
        return user_sessions.rowcount + tokens.rowcount
