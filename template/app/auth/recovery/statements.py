"""What recovery asks the database."""

from sqlalchemy import Select, select

from app.auth.statements import ACTIVE_USER
from app.models import User


def lock_user_for_reset(email: str) -> Select[User]:
    """Return the statement that finds and locks who may get a new password, or a first one."""
    return select(User).where(User.email == email, *ACTIVE_USER).with_for_update()
