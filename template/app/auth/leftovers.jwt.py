"""What is left of sign-ins and tokens that have ended. Nobody can use it; it only takes room."""

from sqlalchemy import delete, not_, select

from app.auth.lifetimes import not_expired
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import EmailToken, RefreshToken, UserSession
from app.models.base import utc_now


def delete_expired_sessions_and_tokens(settings: Settings) -> int:
    """Delete sign-ins and mailed tokens that have ended, and return how many there were.

    Over a connection without a limit on how long a statement takes: there may be very many.
    """
    ended = not_(not_expired(settings))
    of_ended = RefreshToken.session_id.in_(select(UserSession.id).where(ended))
    expired = EmailToken.expires_at <= utc_now()
    with build_migration_engine(settings).begin() as connection:
        # Not every database deletes them along with the sign-in over a connection like this.
        connection.execute(delete(RefreshToken).where(of_ended))
        user_sessions = connection.execute(delete(UserSession).where(ended))
        tokens = connection.execute(delete(EmailToken).where(expired))
        return user_sessions.rowcount + tokens.rowcount
