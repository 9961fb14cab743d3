"""What is asked about the sign-ins of one user."""

from sqlalchemy import Delete, Select, delete, select

from app.auth.lifetimes import not_expired
from app.auth.scopes import Actor
from app.config import Settings
from app.models import UserSession


def active_sessions(settings: Settings, actor: Actor) -> Select[UserSession]:
    """Return the statement that finds where a user is signed in, the latest first."""
    of_user = select(UserSession).where(UserSession.user_id == actor.user_id, not_expired(settings))
    return of_user.order_by(UserSession.id.desc())


def locked_session(actor: Actor, session_id: int | None) -> Select[UserSession]:
    """Return the statement that finds one sign-in of a user, and lets nobody else change it."""
    of_user = select(UserSession).where(UserSession.user_id == actor.user_id)
    return of_user.where(UserSession.id == session_id).with_for_update()


def other_sessions(actor: Actor) -> Delete:
    """Return the statement that deletes all sign-ins of a user but the one that asks."""
    of_user = delete(UserSession).where(UserSession.user_id == actor.user_id)
    return of_user.where(UserSession.id != actor.session_id)
