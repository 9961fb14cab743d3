# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys, by which other programs act for a user."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app.auth.queries import api_key_with_role, api_keys_of_user, current_session, user_for_update
from app.auth.schemas import ApiKeyCreate
from app.auth.scopes import SCOPES, Actor, Scope
from app.auth.security_log import UNKNOWN, log_security_event
from app.auth.tokens import digest_of, new_token
from app.database.session import SessionFactory, read_session
from app.dependencies import SessionDep
from app.errors import Conflict, Invalid, NotFound, Unauthorized
from app.models import ApiKey
from app.models.base import utc_now
from app.pagination import Page, PageQuery, paginate

MAX_API_KEYS = 20
# Length of the column.
PREFIX_LENGTH = 8
# Precision of `last_used_at`: a write at each request would cost too much.
LAST_USED_PRECISION = timedelta(minutes=1)


async def get_api_key_actor(sessions: SessionFactory, key: str) -> Actor:
    """Actor of an API key, whose use is recorded. Raises Unauthorized."""
    async with read_session(sessions) as db:
        rows = await db.execute(api_key_with_role(digest_of(key)))
        row = rows.one_or_none()
    now = utc_now()
    if row is None or (row[0].expires_at is not None and row[0].expires_at <= now):
        # Nothing of the sent key is logged: it could be part of a secret.
        subject = UNKNOWN if row is None else f"user {row[0].user_id}"
        log_security_event("authn_api_key_fail", subject)
        raise Unauthorized("This API key is invalid or expired.")
    api_key, role = row
    if api_key.last_used_at is None or api_key.last_used_at < now - LAST_USED_PRECISION:
        last_used = update(ApiKey).where(ApiKey.id == api_key.id).values(last_used_at=now)
        async with sessions.begin() as db:
            await db.execute(last_used)
    granted = {scope for scope in Scope if scope in api_key.scopes}
    return Actor(api_key.user_id, SCOPES[role] & granted, session_id=None)


class ApiKeyService:
    """API keys of the current user. Those of other users are not found."""

    def __init__(self, db: SessionDep) -> None:
        self.db = db

    async def page(self, actor: Actor, query: PageQuery) -> Page[ApiKey]:
        """Page of API keys."""
        return await paginate(self.db, api_keys_of_user(actor.user_id), query)

    async def create(self, actor: Actor, data: ApiKeyCreate) -> tuple[ApiKey, str]:
        """Create an API key; return it with its secret, which is not stored.

        Raises Invalid for a scope that the user lacks, Conflict for too many keys, Unauthorized
        where the session was revoked meanwhile.
        """
        for scope in data.scopes:
            if scope not in actor.scopes:
                raise Invalid(f"You do not have the scope {scope}, so your keys cannot have it.")
        # Two concurrent requests must not both create the last key, and a request that waits for a
        # revocation of all credentials must not create one after it.
        await self.db.execute(user_for_update(actor.user_id))
        user_session = await self.db.scalar(current_session(actor))
        if user_session is None:
            raise Unauthorized
        keys = select(func.count(ApiKey.id)).where(ApiKey.user_id == actor.user_id)
        count = await self.db.scalar(keys)
        if count is not None and count >= MAX_API_KEYS:
            raise Conflict(f"A user can have {MAX_API_KEYS} API keys. Delete one first.")
        key = new_token()
        api_key = _new_api_key(actor.user_id, data, key)
        self.db.add(api_key)
        await self.db.flush()
        log_security_event("authn_token_created", f"{actor}, key {api_key.id}")
        return api_key, key

    async def revoke(self, actor: Actor, key_id: int) -> None:
        """Revoke an API key by deleting it. Raises NotFound."""
        own_key = api_keys_of_user(actor.user_id).where(ApiKey.id == key_id)
        api_key = await self.db.scalar(own_key.with_for_update())
        if api_key is None:
            raise NotFound(f"API key {key_id} does not exist.")
        await self.db.delete(api_key)
        log_security_event("authn_token_revoked", f"{actor}, key {key_id}")


def _new_api_key(user_id: int, data: ApiKeyCreate, key: str) -> ApiKey:
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
