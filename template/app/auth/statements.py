"""What accounts ask the database: each statement returns what it says, or nothing."""

from sqlalchemy import Select, select

from app.auth.lifetimes import not_expired
from app.config import Settings
from app.models import ApiKey, Role, User, UserCredential, UserSession

# Who signs in, or acts through what was issued before: a user who still exists and is active.
# It is asked at each request, so nothing has to be ended when a user is deactivated or deleted.
ACTIVE_USER = (User.is_active, User.deleted_at.is_(None))


def locked_user(user_id: int) -> Select[int]:
    """Return the statement after which nobody else changes a user, or what is the user's."""
    return select(User.id).where(User.id == user_id).with_for_update()


def machine(digest: str) -> Select[ApiKey, Role]:
    """Return the statement that finds an API key and the role of its user."""
    return (
        select(ApiKey, UserCredential.role)
        .join(User, User.id == ApiKey.user_id)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(ApiKey.digest == digest, *ACTIVE_USER)
    )


# {% if auth == "jwt" %}
def person(settings: Settings, user_id: int, session_id: int) -> Select[UserSession, Role]:
    """Return the statement that finds a user's sign-in and the role of the user."""
    return people(settings).where(UserSession.id == session_id, UserSession.user_id == user_id)
# {% else %}
def person(settings: Settings, digest: str) -> Select[UserSession, Role]:
    """Return the statement that finds a sign-in by its cookie, and the role of its user."""
    return people(settings).where(UserSession.digest == digest)
# {% endif %}


def people(settings: Settings) -> Select[UserSession, Role]:
    """Return the statement that finds all who are signed in, and their roles."""
    return (
        select(UserSession, UserCredential.role)
        .join(User, User.id == UserSession.user_id)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(*ACTIVE_USER, not_expired(settings))
    )
