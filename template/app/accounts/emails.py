# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What follows from a new e-mail address."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.endings import end_sign_ins
from app.accounts.events import Event, note
from app.accounts.scopes import SCOPES, Actor
from app.errors import Forbidden
from app.models import Account


async def distrust_email(session: AsyncSession, user_id: int, actor: Actor) -> None:
    """Take the address of a user for unproved, and end what the old one has opened.

    That is every sign-in, and every token that was sent to the old address: with one of these its
    reader could still set a password. Raises Forbidden where the user may do what the actor, a
    machine with few scopes, may not: by the new address it would set a password and become the
    user.
    """
    role = await session.scalar(select(Account.role).where(Account.user_id == user_id))
    if role is not None and not SCOPES[role] <= actor.scopes:
        note(Event.ACCESS_REFUSED, f"{actor}, to the address of user {user_id}")
        raise Forbidden("This user may do what you may not, so the address is not yours to change.")
    await session.execute(
        update(Account).where(Account.user_id == user_id).values(email_verified_at=None),
    )
    await end_sign_ins(session, user_id)
# {% endcall %}
