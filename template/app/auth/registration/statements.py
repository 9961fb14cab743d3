"""What registration asks the database."""

from sqlalchemy import Select, or_, select

from app.auth.statements import ACTIVE_USER
from app.models import User, UserCredential


def taken_emails(username: str, email: str) -> Select[str]:
    """Return the statement that finds the addresses of users with one of these names.

    Deleted users count: their names stay taken.
    """
    return select(User.email).where(or_(User.username == username, User.email == email))


def unverified_user(email: str) -> Select[User]:
    """Return the statement that finds and locks who has not proved this address yet."""
    return (
        select(User)
        .join(UserCredential, UserCredential.user_id == User.id)
        .where(User.email == email, UserCredential.email_verified_at.is_(None), *ACTIVE_USER)
        .with_for_update()
    )
