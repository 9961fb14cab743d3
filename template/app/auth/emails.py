# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What follows from a new e-mail address."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.endings import revoke_sessions
from app.auth.events import SecurityEvent, log_security_event
from app.auth.scopes import SCOPES, Actor
from app.errors import Forbidden
from app.models import UserCredential


async def reset_email_verification(session: AsyncSession, user_id: int, actor: Actor) -> None:
    """Take the address of a user for unproved, and end what the old one has opened.

    That is every sign-in, and every token that was sent to the old address: with one of these its
    reader could still set a password. Raises Forbidden where the user may do what the actor, a
    machine with few scopes, may not: by the new address it would set a password and become the
    user.
    """
    statement = select(UserCredential.role).where(UserCredential.user_id == user_id)
    role = await session.scalar(statement)
    if role is not None and not SCOPES[role] <= actor.scopes:
        log_security_event(
            SecurityEvent.ACCESS_REFUSED,
            f"{actor}, to the address of user {user_id}",
        )
        raise Forbidden("This user may do what you may not, so the address is not yours to change.")
    await session.execute(
        update(UserCredential)
        .where(UserCredential.user_id == user_id)
        .values(email_verified_at=None),
    )
    await revoke_sessions(session, user_id)
# {% endcall %}
