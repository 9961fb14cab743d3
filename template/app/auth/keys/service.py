# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What a user does with their API keys, and the rules that are kept."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.events import SecurityEvent, log_security_event
from app.auth.keys.schemas import ApiKeyCreate
from app.auth.keys.statements import count_of, key_of, keys_of, session_of
from app.auth.scopes import Actor
from app.auth.statements import locked_user
from app.auth.tokens import digest_of, new_token
from app.database.pagination import paginate
from app.errors import Conflict, Invalid, NotFound, Unauthorized
from app.models import ApiKey
from app.models.base import utc_now
from app.pagination import Page, PageQuery

MAX_API_KEYS = 20
# The length of the column.
PREFIX_LENGTH = 8


class ApiKeyService:
    """The keys of the actor. Keys of anybody else are not found."""

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    async def page(self, query: PageQuery) -> Page[ApiKey]:
        """Return one page of the keys."""
        return await paginate(self.session, keys_of(self.actor.user_id), query)

    async def create(self, data: ApiKeyCreate) -> tuple[ApiKey, str]:
        """Add a key. Return what is stored, and the key itself, which is not.

        Raises Invalid for a scope that the user does not have, Conflict where there are too many,
        Unauthorized where the sign-in has ended meanwhile.
        """
        for scope in data.scopes:
            if scope not in self.actor.scopes:
                raise Invalid(f"You do not have the scope {scope}, so no key of yours can have it.")
        await self._take_turn()
        await self._require_room()
        key = new_token()
        api_key = _stored(self.actor.user_id, data, key)
        self.session.add(api_key)
        await self.session.flush()
        log_security_event(SecurityEvent.API_KEY_CREATED, f"{self.actor}, key {api_key.id}")
        return api_key, key

    async def delete(self, key_id: int) -> None:
        """Delete a key, which ends it at once. Raises NotFound."""
        api_key = await self.session.scalar(key_of(self.actor.user_id, key_id))
        if api_key is None:
            raise NotFound(f"API key {key_id} does not exist.")
        await self.session.delete(api_key)
        log_security_event(SecurityEvent.API_KEY_ENDED, f"{self.actor}, key {key_id}")

    async def _take_turn(self) -> None:
        # Two requests at once must not both take the last place. And what ends all keys may have
        # been at work while this request waited: no key may come after it.
        await self.session.execute(locked_user(self.actor.user_id))
        session_id = await self.session.scalar(session_of(self.actor))
        if session_id is None:
            raise Unauthorized

    async def _require_room(self) -> None:
        count = await self.session.scalar(count_of(self.actor.user_id))
        if count is not None and count >= MAX_API_KEYS:
            raise Conflict(f"A user can have {MAX_API_KEYS} API keys. Delete one first.")


def _stored(user_id: int, data: ApiKeyCreate, key: str) -> ApiKey:
    now = utc_now()
    days = data.expires_in_days
    return ApiKey(
        user_id=user_id,
        name=data.name,
        prefix=key[:PREFIX_LENGTH],
        digest=digest_of(key),
        scopes=[scope.value for scope in data.scopes],
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
# {% endcall %}
