"""Administration of users, and cleanup, each in a transaction of its own.

Commands use a connection like a migration's, without a statement time-out: they wait for locks.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import delete, not_, select
# {% if example == "shop" %}

from app.audit import AuditedSession as Session
# {% else %}
from sqlalchemy.orm import Session

# {% endif %}
from app.auth.backend import delete_sessions, not_expired
from app.auth.security_log import log_security_event
from app.config import Settings
from app.database.migration import build_migration_engine
from app.errors import Conflict, NotFound
from app.models import ApiKey, EmailToken, Role, User, UserCredential, UserSession
from app.models.base import utc_now
from app.schemas import Email, Name, Username

ACTOR = "the command line"


class NewUser(BaseModel):
    """User to create. The operator vouches for the email, so it counts as verified."""

    email: Email
    username: Username
    full_name: Name | None
    role: Role


class RevokedCounts(NamedTuple):
    """Numbers of revoked sessions and API keys."""

    sessions: int
    api_keys: int


@contextmanager
def command_session(settings: Settings) -> Generator[Session]:
    """Session that commits at the end of the block, and rolls back on any error."""
    engine = build_migration_engine(settings)
    with Session(engine, info={"actor": ACTOR}) as db, db.begin():
        yield db


def require_unused_names(settings: Settings, new: NewUser) -> None:
    """Raise Conflict if a user, also a deleted one, has the email or the username."""
    names = (User.email == new.email, new.email), (User.username == new.username, new.username)
    with command_session(settings) as db:
        for condition, name in names:
            if db.scalar(select(User.id).where(condition)) is not None:
                raise Conflict(f"{name} is taken by another user.")


def create_user(settings: Settings, new: NewUser, password_hash: str) -> None:
    """Create a user with a verified email."""
    with command_session(settings) as db:
        user = User(**new.model_dump(exclude={"role"}))
        db.add(user)
        db.flush()
        credential = UserCredential(user_id=user.id, role=new.role, password_hash=password_hash)
        credential.email_verified_at = utc_now()
        db.add(credential)
        log_security_event("user_created", f"user {user.id} as {new.role}, by {ACTOR}")


def change_role(settings: Settings, email: str, role: Role) -> None:
    """Change a user's role. Raises NotFound; Conflict for a user without a password."""
    with command_session(settings) as db:
        user = _lock_user(db, email)
        credential = db.get(UserCredential, user.id)
        if credential is None:
            raise Conflict(f"{email} has no password yet. The user has to reset it first.")
        credential.role = role
        log_security_event("authz_change", f"user {user.id} to {role}, by {ACTOR}")


def deactivate_user(settings: Settings, email: str) -> RevokedCounts:
    """Deactivate a user and revoke all credentials. Raises NotFound."""
    with command_session(settings) as db:
        user = _lock_user(db, email)
        user.is_active = False
        revoked = _revoke_credentials(db, user)
        log_security_event("user_deactivated", f"user {user.id}, by {ACTOR}")
    return revoked


def revoke_user(settings: Settings, email: str) -> RevokedCounts:
    """Revoke all sessions, email tokens and API keys of a user. Raises NotFound."""
    with command_session(settings) as db:
        user = _lock_user(db, email)
        revoked = _revoke_credentials(db, user)
        log_security_event("authn_credentials_revoked", f"user {user.id}, by {ACTOR}")
    return revoked


def delete_expired_sessions_and_tokens(settings: Settings) -> int:
    """Delete expired sessions and email tokens; return their number."""
    with build_migration_engine(settings).begin() as connection:
        sessions = delete_sessions(connection, not_(not_expired(settings)))
        expired_tokens = delete(EmailToken).where(EmailToken.expires_at <= utc_now())
        return sessions + connection.execute(expired_tokens).rowcount


def _lock_user(db: Session, email: str) -> User:
    statement = select(User).where(User.email == email.lower(), User.deleted_at.is_(None))
    # Locked, or a session or API key that is being created would survive the revocation.
    user = db.scalar(statement.with_for_update())
    if user is None:
        raise NotFound(f"No user has the email {email}.")
    return user


def _revoke_credentials(db: Session, user: User) -> RevokedCounts:
    connection = db.connection()
    sessions = delete_sessions(connection, UserSession.user_id == user.id)
    api_keys = connection.execute(delete(ApiKey).where(ApiKey.user_id == user.id))
    connection.execute(delete(EmailToken).where(EmailToken.user_id == user.id))
    return RevokedCounts(sessions, api_keys.rowcount)
