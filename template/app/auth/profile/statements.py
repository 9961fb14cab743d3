"""What users ask the database about their own accounts."""

from sqlalchemy import Select, select

from app.auth.scopes import Actor
from app.models import User, UserCredential, UserSession


def own_account(user_id: int) -> Select[User, UserCredential]:
    """Return the statement that finds a user with the account."""
    return (
        select(User, UserCredential)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(User.id == user_id)
    )


def locked_user(user_id: int) -> Select[User]:
    """Return the statement that finds a user, and lets nobody else change it."""
    return select(User).where(User.id == user_id).with_for_update()


def locked_account(user_id: int, password_hash: str) -> Select[UserCredential]:
    """Return the statement that finds an account, unless it has another password by now."""
    same = UserCredential.password_hash == password_hash
    return select(UserCredential).where(UserCredential.user_id == user_id, same).with_for_update()


def own_client(actor: Actor) -> Select[str]:
    """Return the statement that finds by which client somebody is signed in, until that ends."""
    return select(UserSession.client).where(UserSession.id == actor.session_id)
