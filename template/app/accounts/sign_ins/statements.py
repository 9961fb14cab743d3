"""What is asked about the sign-ins of one user."""

from sqlalchemy import Delete, Select, delete, select

from app.accounts.lifetimes import is_open
from app.accounts.scopes import Actor
from app.config import Settings
from app.models import SignIn


def open_sign_ins(settings: Settings, actor: Actor) -> Select[SignIn]:
    """Return the statement that finds where a user is signed in, the latest first."""
    of_user = select(SignIn).where(SignIn.user_id == actor.user_id, is_open(settings))
    return of_user.order_by(SignIn.id.desc())


def locked_sign_in(actor: Actor, sign_in_id: int | None) -> Select[SignIn]:
    """Return the statement that finds one sign-in of a user, and lets nobody else change it."""
    of_user = select(SignIn).where(SignIn.user_id == actor.user_id)
    return of_user.where(SignIn.id == sign_in_id).with_for_update()


def other_sign_ins(actor: Actor) -> Delete:
    """Return the statement that deletes all sign-ins of a user but the one that asks."""
    of_user = delete(SignIn).where(SignIn.user_id == actor.user_id)
    return of_user.where(SignIn.id != actor.sign_in_id)
