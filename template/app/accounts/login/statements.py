"""What login asks the database. Nobody is found who may not sign in, whatever the reason."""

from sqlalchemy import ColumnElement, Delete, Select, and_, delete, not_, select

from app.accounts.lifetimes import is_open
from app.accounts.statements import ALIVE
# {% if auth == "session" %}
from app.accounts.tokens import digest_of
# {% endif %}
from app.config import Settings
from app.models import Account, SignIn, User


def account_of(email: str) -> Select[Account]:
    """Return the statement that finds the account of who may sign in with this address."""
    return _accounts(User.email == email)


def same_account(account: Account) -> Select[Account]:
    """Return the statement that finds an account again, unless it has another password by now."""
    same = and_(
        Account.user_id == account.user_id,
        Account.password_hash == account.password_hash,
    )
    return _accounts(same)


def ended_sign_ins(settings: Settings, user_id: int) -> Delete:
    """Return the statement that deletes what is over of a user's sign-ins."""
    return delete(SignIn).where(SignIn.user_id == user_id, not_(is_open(settings)))


# {% if auth == "session" %}
def replaced_sign_in(secret: str) -> Delete:
    """Return the statement that deletes the session of a cookie."""
    return delete(SignIn).where(SignIn.digest == digest_of(secret))


# {% endif %}
def _accounts(condition: ColumnElement[bool]) -> Select[Account]:
    return (
        select(Account)
        .join(User, User.id == Account.user_id)
        .where(condition, Account.email_verified_at.is_not(None), *ALIVE)
    )
