"""What login asks the database. Nobody is found who may not sign in, whatever the reason."""

from sqlalchemy import ColumnElement, Delete, Select, and_, delete, not_, select

from app.auth.lifetimes import not_expired
from app.auth.statements import ACTIVE_USER
# {% if auth == "session" %}
from app.auth.tokens import digest_of
# {% endif %}
from app.config import Settings
from app.models import User, UserCredential, UserSession


def account_of(email: str) -> Select[UserCredential]:
    """Return the statement that finds the account of who may sign in with this address."""
    return _accounts(User.email == email)


def same_account(account: UserCredential) -> Select[UserCredential]:
    """Return the statement that finds an account again, unless it has another password by now."""
    same = and_(
        UserCredential.user_id == account.user_id,
        UserCredential.password_hash == account.password_hash,
    )
    return _accounts(same)


def expired_sessions(settings: Settings, user_id: int) -> Delete:
    """Return the statement that deletes what is over of a user's sign-ins."""
    return delete(UserSession).where(UserSession.user_id == user_id, not_(not_expired(settings)))


# {% if auth == "session" %}
def replaced_session(secret: str) -> Delete:
    """Return the statement that deletes the session of a cookie."""
    return delete(UserSession).where(UserSession.digest == digest_of(secret))


# {% endif %}
def _accounts(condition: ColumnElement[bool]) -> Select[UserCredential]:
    return (
        select(UserCredential)
        .join(User, User.id == UserCredential.user_id)
        .where(condition, UserCredential.email_verified_at.is_not(None), *ACTIVE_USER)
    )
