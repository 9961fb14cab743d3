# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tokens that go out by mail: each is good for one purpose, once, for a short time."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.errors import InvalidField
from app.auth.events import SecurityEvent, log_security_event
from app.auth.statements import ACTIVE_USER
from app.auth.tokens import digest_of, new_token
from app.models import EmailToken, TokenPurpose, User
from app.models.base import utc_now

# A mailbox may be read by others later. The texts of app/auth/messages.py tell these times.
LIFETIMES = {TokenPurpose.VERIFY: timedelta(hours=24), TokenPurpose.RESET: timedelta(hours=1)}


def refused() -> InvalidField:
    """Return the error for a token that is good for nothing, whatever the reason, and note it."""
    log_security_event(SecurityEvent.ONE_TIME_REFUSED, "nobody known")
    return InvalidField("token", "Unknown, used or too old. Ask for a new mail.")


def owner_of(purpose: TokenPurpose, token: str) -> Select[User]:
    """Return the statement that finds who may use a token."""
    return (
        select(User)
        .join(EmailToken, EmailToken.user_id == User.id)
        .where(_is(purpose, token), *ACTIVE_USER)
    )


async def issue_token(session: AsyncSession, user: User, purpose: TokenPurpose) -> str:
    """Return a new token; those that were sent before it for the same purpose are void.

    The user is locked by whoever calls this, so that of two at once the later one counts.
    """
    earlier = delete(EmailToken).where(
        EmailToken.user_id == user.id,
        EmailToken.purpose == purpose,
    )
    await session.execute(earlier)
    token = new_token()
    expires_at = utc_now() + LIFETIMES[purpose]
    stored = EmailToken(user_id=user.id, purpose=purpose, digest=digest_of(token))
    stored.expires_at = expires_at
    session.add(stored)
    return token


async def consume_token(session: AsyncSession, purpose: TokenPurpose, token: str) -> User:
    """Delete a token and return its user, locked. Raises InvalidField.

    The user is locked before the token, as where one is issued: nobody waits in a circle. Of two
    who use a token at once, the second one finds it gone.
    """
    found = await session.scalar(owner_of(purpose, token))
    if found is None:
        raise refused()
    locked = select(User).where(User.id == found.id, *ACTIVE_USER).with_for_update()
    user = await session.scalar(locked.execution_options(populate_existing=True))
    stored = select(EmailToken).where(_is(purpose, token)).with_for_update()
    used = await session.scalar(stored)
    if user is None or used is None:
        raise refused()
    await session.delete(used)
    return user


def _is(purpose: TokenPurpose, token: str) -> ColumnElement[bool]:
    return and_(
        EmailToken.digest == digest_of(token),
        EmailToken.purpose == purpose,
        EmailToken.expires_at > utc_now(),
    )
# {% endcall %}
