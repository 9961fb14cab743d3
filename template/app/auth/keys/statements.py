"""What is asked about the API keys of one user."""

from sqlalchemy import Select, func, select

from app.auth.scopes import Actor
from app.auth.statements import ACTIVE_USER
from app.models import ApiKey, User, UserSession


def keys_of(user_id: int) -> Select[ApiKey]:
    """Return the statement that finds all keys of a user, the oldest first."""
    return select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)


def key_of(user_id: int, key_id: int) -> Select[ApiKey]:
    """Return the statement that finds one key of a user, and lets nobody else change it."""
    return keys_of(user_id).where(ApiKey.id == key_id).with_for_update()


def count_of(user_id: int) -> Select[int]:
    """Return the statement that counts the keys of a user."""
    return select(func.count(ApiKey.id)).where(ApiKey.user_id == user_id)


def session_of(actor: Actor) -> Select[int]:
    """Return the statement that finds the sign-in of an actor, unless it has ended."""
    return (
        select(UserSession.id)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == actor.session_id, *ACTIVE_USER)
    )
