"""What registration asks the database."""

from sqlalchemy import Select, or_, select

from app.accounts.statements import ALIVE
from app.models import Account, User


def addresses_in_use(username: str, email: str) -> Select[str]:
    """Return the statement that finds the addresses of users with one of these names.

    Deleted users count: their names stay taken.
    """
    return select(User.email).where(or_(User.username == username, User.email == email))


def unproved_user(email: str) -> Select[User]:
    """Return the statement that finds and locks who has not proved this address yet."""
    return (
        select(User)
        .join(Account, Account.user_id == User.id)
        .where(User.email == email, Account.email_verified_at.is_(None), *ALIVE)
        .with_for_update()
    )
