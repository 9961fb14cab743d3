# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a sign-in goes on: each refresh token is used up by the next one.

Who uses a token a second time has copied it, or was copied: nobody can tell who the thief is, so
the sign-in ends for both. https://www.rfc-editor.org/rfc/rfc9700#section-4.14
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.events import SecurityEvent, log_security_event
from app.auth.login.issuing import add_refresh_token
from app.auth.statements import people
from app.auth.tokens import digest_of
from app.config import Settings
from app.database.reading import read_session
from app.database.session import SessionFactory
from app.errors import Unauthorized
from app.models import RefreshToken, UserSession
from app.models.base import utc_now

# So long a used token still gets another one. A client that asks twice at once, or again because an
# answer was lost, is no thief. Of the tokens that it got, the first one to be used uses up them
# all: a thief who was as fast as that is noticed as soon as both have gone on.
GRACE = timedelta(seconds=10)
REFUSAL = "This refresh token is not valid, or no longer. Sign in again."


class RefreshService:
    """Gives the next refresh token for the one before it."""

    def __init__(self, settings: Settings, sessions: SessionFactory) -> None:
        self.settings = settings
        self.sessions = sessions

    async def refresh(self, token: str) -> tuple[UserSession, str]:
        """Return the sign-in and its next refresh token. Raises Unauthorized."""
        # Not when its turn comes: of many requests at once the last one may wait for long.
        asked_at = utc_now()
        async with read_session(self.sessions) as session:
            sign_in = await session.scalar(self._continued(token))
        if sign_in is None:
            raise Unauthorized(REFUSAL)
        async with self.sessions.begin() as session:
            sign_in, following = await _use(session, sign_in, token, asked_at)
        if following is None:
            # Only now: an error before would have taken back that the sign-in ended.
            log_security_event(SecurityEvent.THEFT_NOTICED, f"user {sign_in.user_id}")
            raise Unauthorized(REFUSAL)
        return sign_in, following

    def _continued(self, token: str) -> Select[UserSession]:
        """Return the statement that finds the open sign-in of a token, used or not."""
        return (
            people(self.settings)
            .with_only_columns(UserSession)
            .join(RefreshToken, RefreshToken.session_id == UserSession.id)
            .where(RefreshToken.digest == digest_of(token))
        )


async def _use(
    session: AsyncSession,
    found: UserSession,
    token: str,
    asked_at: datetime,
) -> tuple[UserSession, str | None]:
    """Use up a token; return the next one, or None where this one was used long before.

    The sign-in is locked before the token: all requests of one sign-in take turns, and nobody
    waits in a circle. Raises Unauthorized where the sign-in has ended meanwhile.
    """
    of_sign_in = select(UserSession).where(UserSession.id == found.id).with_for_update()
    sign_in = await session.scalar(of_sign_in)
    of_token = select(RefreshToken).where(RefreshToken.digest == digest_of(token)).with_for_update()
    used = await session.scalar(of_token)
    if sign_in is None or used is None:
        raise Unauthorized(REFUSAL)
    if used.used_at is not None and used.used_at + GRACE < asked_at:
        await session.delete(sign_in)
        return sign_in, None
    if used.used_at is None:
        await session.execute(_use_up(sign_in, asked_at))
    sign_in.last_used_at = asked_at
    return sign_in, add_refresh_token(session, sign_in)


def _use_up(sign_in: UserSession, asked_at: datetime) -> Update:
    """Return the statement that uses up all that was given of a sign-in until now."""
    unused = (RefreshToken.session_id == sign_in.id, RefreshToken.used_at.is_(None))
    return update(RefreshToken).where(*unused).values(used_at=asked_at)
# {% endcall %}
