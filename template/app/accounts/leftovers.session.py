"""What is left of sessions and tokens that have ended. Nobody can use it; it only takes room."""

from sqlalchemy import delete, not_

from app.accounts.lifetimes import is_open
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import OneTimeToken, SignIn
from app.models.base import utc_now


def delete_leftovers(settings: Settings) -> int:
    """Delete sessions and mailed tokens that have ended, and return how many there were.

    Over a connection without a limit on how long a statement takes: there may be very many.
    """
    ended = not_(is_open(settings))
    expired = OneTimeToken.expires_at <= utc_now()
    with build_migration_engine(settings).begin() as connection:
        sign_ins = connection.execute(delete(SignIn).where(ended))
        tokens = connection.execute(delete(OneTimeToken).where(expired))
        return sign_ins.rowcount + tokens.rowcount
