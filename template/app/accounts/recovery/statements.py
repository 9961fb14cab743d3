"""What recovery asks the database."""

from sqlalchemy import Select, select

from app.accounts.statements import ALIVE
from app.models import User


def forgetful_user(email: str) -> Select[User]:
    """Return the statement that finds and locks who may get a new password, or a first one."""
    return select(User).where(User.email == email, *ALIVE).with_for_update()
