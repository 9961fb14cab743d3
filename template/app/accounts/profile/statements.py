"""What users ask the database about their own accounts."""

from sqlalchemy import Select, select

from app.accounts.scopes import Actor
from app.models import Account, SignIn, User


def own_account(user_id: int) -> Select[User, Account]:
    """Return the statement that finds a user with the account."""
    return select(User, Account).join(Account, Account.user_id == User.id).where(User.id == user_id)


def locked_user(user_id: int) -> Select[User]:
    """Return the statement that finds a user, and lets nobody else change it."""
    return select(User).where(User.id == user_id).with_for_update()


def locked_account(user_id: int, password_hash: str) -> Select[Account]:
    """Return the statement that finds an account, unless it has another password by now."""
    same = Account.password_hash == password_hash
    return select(Account).where(Account.user_id == user_id, same).with_for_update()


def own_client(actor: Actor) -> Select[str]:
    """Return the statement that finds by which client somebody is signed in, until that ends."""
    return select(SignIn.client).where(SignIn.id == actor.sign_in_id)
