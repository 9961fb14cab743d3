# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Where users are signed in, and how they end that. What has ended proves nothing any more."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.events import Event, note
from app.accounts.scopes import Actor
from app.accounts.sign_ins.schemas import SignInRead
from app.accounts.sign_ins.statements import locked_sign_in, open_sign_ins, other_sign_ins
from app.config import Settings
from app.database.pagination import paginate
from app.errors import NotFound
from app.models import SignIn
from app.pagination import Page, PageQuery, page_of


class SignInService:
    """The sign-ins of the actor. Those of anybody else are not found."""

    def __init__(self, settings: Settings, session: AsyncSession) -> None:
        self.settings = settings
        self.session = session

    async def page(self, actor: Actor, query: PageQuery) -> Page[SignInRead]:
        """Return one page of the sign-ins that are open."""
        page = await paginate(self.session, open_sign_ins(self.settings, actor), query)
        items = [_read(sign_in, actor) for sign_in in page.items]
        return page_of(items, page.total, query)

    async def end(self, actor: Actor, sign_in_id: int) -> None:
        """End a sign-in at once. Raises NotFound."""
        sign_in = await self.session.scalar(locked_sign_in(actor, sign_in_id))
        if sign_in is None:
            raise NotFound(f"Sign-in {sign_in_id} does not exist.")
        await self.session.delete(sign_in)
        note(Event.SIGNED_OUT, f"{actor}, sign-in {sign_in_id}")

    async def end_own(self, actor: Actor) -> None:
        """End the sign-in that asks for it, at once."""
        sign_in = await self.session.scalar(locked_sign_in(actor, actor.sign_in_id))
        # Of two who ask for it at once, the second one finds it gone.
        if sign_in is not None:
            await self.session.delete(sign_in)
        note(Event.SIGNED_OUT, f"{actor}, sign-in {actor.sign_in_id}")

    async def end_others(self, actor: Actor) -> None:
        """End all sign-ins but the one that asks for it, at once."""
        await self.session.execute(other_sign_ins(actor))
        note(Event.SIGNED_OUT, f"{actor}, everywhere else")


def _read(sign_in: SignIn, actor: Actor) -> SignInRead:
    return SignInRead(
        id=sign_in.id,
        client=sign_in.client,
        created_at=sign_in.created_at,
        last_used_at=sign_in.last_used_at,
        expires_at=sign_in.expires_at,
        current=sign_in.id == actor.sign_in_id,
    )
# {% endcall %}
