"""What is asked about the API keys of one user."""

from sqlalchemy import Select, func, select

from app.accounts.scopes import Actor
from app.accounts.statements import ALIVE
from app.models import ApiKey, SignIn, User


def keys_of(user_id: int) -> Select[ApiKey]:
    """Return the statement that finds all keys of a user, the oldest first."""
    return select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)


def key_of(user_id: int, key_id: int) -> Select[ApiKey]:
    """Return the statement that finds one key of a user, and lets nobody else change it."""
    return keys_of(user_id).where(ApiKey.id == key_id).with_for_update()


def count_of(user_id: int) -> Select[int]:
    """Return the statement that counts the keys of a user."""
    return select(func.count(ApiKey.id)).where(ApiKey.user_id == user_id)


def sign_in_of(actor: Actor) -> Select[int]:
    """Return the statement that finds the sign-in of an actor, unless it has ended."""
    return (
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.id == actor.sign_in_id, *ALIVE)
    )
