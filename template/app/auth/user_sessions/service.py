# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Where users are signed in, and how they end that. What has ended proves nothing any more."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.events import SecurityEvent, log_security_event
from app.auth.scopes import Actor
from app.auth.user_sessions.schemas import SessionRead
from app.auth.user_sessions.statements import active_sessions, locked_session, other_sessions
from app.config import Settings
from app.database.pagination import paginate
from app.errors import NotFound
from app.models import UserSession
from app.pagination import Page, PageQuery, page_of


class UserSessionService:
    """The sign-ins of the actor. Those of anybody else are not found."""

    def __init__(self, settings: Settings, session: AsyncSession) -> None:
        self.settings = settings
        self.session = session

    async def page(self, actor: Actor, query: PageQuery) -> Page[SessionRead]:
        """Return one page of the sign-ins that are open."""
        page = await paginate(self.session, active_sessions(self.settings, actor), query)
        items = [_read(sign_in, actor) for sign_in in page.items]
        return page_of(items, page.total, query)

    async def end(self, actor: Actor, session_id: int) -> None:
        """End a sign-in at once. Raises NotFound."""
        sign_in = await self.session.scalar(locked_session(actor, session_id))
        if sign_in is None:
            raise NotFound(f"Sign-in {session_id} does not exist.")
        await self.session.delete(sign_in)
        log_security_event(SecurityEvent.SIGNED_OUT, f"{actor}, sign-in {session_id}")

    async def end_own(self, actor: Actor) -> None:
        """End the sign-in that asks for it, at once."""
        sign_in = await self.session.scalar(locked_session(actor, actor.session_id))
        # Of two who ask for it at once, the second one finds it gone.
        if sign_in is not None:
            await self.session.delete(sign_in)
        log_security_event(SecurityEvent.SIGNED_OUT, f"{actor}, sign-in {actor.session_id}")

    async def end_others(self, actor: Actor) -> None:
        """End all sign-ins but the one that asks for it, at once."""
        await self.session.execute(other_sessions(actor))
        log_security_event(SecurityEvent.SIGNED_OUT, f"{actor}, everywhere else")


def _read(sign_in: UserSession, actor: Actor) -> SessionRead:
    return SessionRead(
        id=sign_in.id,
        client=sign_in.client,
        created_at=sign_in.created_at,
        last_used_at=sign_in.last_used_at,
        expires_at=sign_in.expires_at,
        current=sign_in.id == actor.session_id,
    )
# {% endcall %}
