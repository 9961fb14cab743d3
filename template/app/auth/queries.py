"""Statements of authentication. Those that authenticate find active users only (ACTIVE_USER)."""

from sqlalchemy import ColumnElement, Select, or_, select

from app.auth.scopes import Actor
from app.models import ApiKey, Role, User, UserCredential, UserSession

# Checked at each request, so that deactivating or deleting a user takes effect at once.
ACTIVE_USER = (User.is_active, User.deleted_at.is_(None))


def user_for_update(user_id: int) -> Select[User]:
    """User by id, locked for update. Serializes changes of the user's credentials."""
    return select(User).where(User.id == user_id).with_for_update()


def user_with_credential(user_id: int) -> Select[User, UserCredential]:
    """User by id, with the credential."""
    return (
        select(User, UserCredential)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(User.id == user_id)
    )


def taken_emails(username: str, email: str) -> Select[str]:
    """Emails of users who have this username or email. Deleted users keep both."""
    return select(User.email).where(or_(User.username == username, User.email == email))


def unverified_user(email: str) -> Select[User]:
    """Active user whose email is not verified yet, locked for update."""
    return (
        select(User)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(User.email == email, UserCredential.email_verified_at.is_(None), *ACTIVE_USER)
        .with_for_update()
    )


def lock_user_for_reset(email: str) -> Select[User]:
    """Active user with this email, locked for update. A credential is not needed."""
    return select(User).where(User.email == email, *ACTIVE_USER).with_for_update()


def login_credential(*conditions: ColumnElement[bool]) -> Select[UserCredential]:
    """Credential of an active user with a verified email."""
    return (
        select(UserCredential)
        .join(User, User.id == UserCredential.user_id)
        .where(UserCredential.email_verified_at.is_not(None), *ACTIVE_USER, *conditions)
    )


def sessions_with_role() -> Select[UserSession, Role]:
    """Sessions of active users with the user's role, expired ones included."""
    return (
        select(UserSession, UserCredential.role)
        .join(User, User.id == UserSession.user_id)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(*ACTIVE_USER)
    )


def session_for_update(actor: Actor, session_id: int | None) -> Select[UserSession]:
    """Session of the actor's user, locked for update."""
    return (
        select(UserSession)
        .where(UserSession.user_id == actor.user_id, UserSession.id == session_id)
        .with_for_update()
    )


def current_session(actor: Actor) -> Select[UserSession]:
    """Session of the actor, unless it was revoked or the user deactivated."""
    return (
        select(UserSession)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == actor.session_id, *ACTIVE_USER)
    )


def api_key_with_role(digest: str) -> Select[ApiKey, Role]:
    """API key of an active user by its digest, with the user's role."""
    return (
        select(ApiKey, UserCredential.role)
        .join(User, User.id == ApiKey.user_id)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(ApiKey.digest == digest, *ACTIVE_USER)
    )


def api_keys_of_user(user_id: int) -> Select[ApiKey]:
    """API keys of a user, oldest first."""
    return select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)
