"""What whoever looks after the service does with accounts, each in a transaction of its own."""

from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.command_session import ACTOR, command_session
from app.auth.events import SecurityEvent, log_security_event
from app.config import Settings
from app.errors import Conflict, NotFound
# {% if auth == "jwt" %}
from app.models import ApiKey, EmailToken, RefreshToken, Role, User, UserCredential, UserSession
# {% else %}
from app.models import ApiKey, EmailToken, Role, User, UserCredential, UserSession
# {% endif %}
from app.models.base import utc_now
from app.schemas import Email, Name, Username


class NewUser(BaseModel):
    """Somebody who may sign in at once: whoever gives the command vouches for the address."""

    email: Email
    username: Username
    full_name: Name | None
    role: Role


class Ended(NamedTuple):
    """How many proofs of a user were ended."""

    user_sessions: int
    keys: int


def require_free_names(settings: Settings, new: NewUser) -> None:
    """Raise Conflict where somebody has one of the names, or had it before being deleted."""
    names = (User.email == new.email, new.email), (User.username == new.username, new.username)
    with command_session(settings) as session:
        for condition, name in names:
            if session.scalar(select(User.id).where(condition)) is not None:
                raise Conflict(f"{name} is taken by another user.")


def add_user(settings: Settings, new: NewUser, password_hash: str) -> None:
    """Store a user with an account, whose address counts as proved."""
    columns = new.model_dump(exclude={"role"})
    with command_session(settings) as session:
        user = User(**columns)
        session.add(user)
        session.flush()
        account = UserCredential(
            user_id=user.id,
            role=new.role,
            password_hash=password_hash,
            email_verified_at=utc_now(),
        )
        session.add(account)
        log_security_event(SecurityEvent.REGISTERED, f"user {user.id} as {new.role}, by {ACTOR}")


def change_role(settings: Settings, email: str, role: Role) -> None:
    """Give a user another role. Raises NotFound; Conflict for a user without an account."""
    with command_session(settings) as session:
        user = _user_of(session, email)
        account = session.get(UserCredential, user.id)
        if account is None:
            raise Conflict(f"{email} has no account yet. Resetting the password makes one.")
        account.role = role
        log_security_event(SecurityEvent.ROLE_CHANGED, f"user {user.id} to {role}, by {ACTOR}")


def deactivate_user(settings: Settings, email: str) -> Ended:
    """Let a user act no longer, by no sign-in and no key. Raises NotFound."""
    with command_session(settings) as session:
        user = _user_of(session, email)
        user.is_active = False
        ended = _end_proofs(session, user)
        log_security_event(SecurityEvent.DEACTIVATED, f"user {user.id}, by {ACTOR}")
    return ended


def revoke_user(settings: Settings, email: str) -> Ended:
    """End whatever proves a user, who may sign in again. Raises NotFound."""
    with command_session(settings) as session:
        user = _user_of(session, email)
        ended = _end_proofs(session, user)
        log_security_event(SecurityEvent.REVOKED, f"user {user.id}, by {ACTOR}")
    return ended


def _user_of(session: Session, email: str) -> User:
    statement = select(User).where(User.email == email.lower(), User.deleted_at.is_(None))
    # Locked, or a key or a sign-in that is made at this moment would outlive the command.
    user = session.scalar(statement.with_for_update())
    if user is None:
        raise NotFound(f"No user has the address {email}.")
    return user


def _end_proofs(session: Session, user: User) -> Ended:
    connection = session.connection()
    # {% if auth == "jwt" %}
    # Not on every database does this connection delete along what refers to a row.
    sign_ins_of_user = select(UserSession.id).where(UserSession.user_id == user.id)
    connection.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(sign_ins_of_user)))
    # {% endif %}
    user_sessions = connection.execute(delete(UserSession).where(UserSession.user_id == user.id))
    keys = connection.execute(delete(ApiKey).where(ApiKey.user_id == user.id))
    connection.execute(delete(EmailToken).where(EmailToken.user_id == user.id))
    return Ended(user_sessions.rowcount, keys.rowcount)
