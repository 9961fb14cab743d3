# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login, the sessions of a user, and revocation."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import NewSession, create_session, not_expired
from app.auth.dependencies import AuthService, SettingsDep
from app.auth.queries import login_credential, session_for_update, user_for_update
from app.auth.schemas import SessionRead
from app.auth.scopes import SCOPES, Actor
from app.auth.security_log import log_security_event
from app.database.session import read_session
from app.dependencies import SessionDep
from app.errors import Forbidden, NotFound, Unauthorized
from app.models import ApiKey, EmailToken, User, UserCredential, UserSession
from app.pagination import Page, PageQuery, page_of, paginate

# The same for every reason, so that a client cannot find out which emails have an account.
LOGIN_FAILED = "The email or the password is wrong, or the email is not verified."


class LoginService(AuthService):
    """Login by email and password, for active users with a verified email."""

    async def login(self, email: str, password: str, client: str) -> NewSession:
        """Create a session. Raises Unauthorized."""
        credential = await self._check_password(email, password)
        password_hash = credential.password_hash
        if self.passwords.needs_rehash(password_hash):
            password_hash = await self.passwords.hash_password(password)
        async with self.sessions.begin() as db:
            await db.execute(user_for_update(credential.user_id))
            # Checked again under the lock: no session must follow a deactivation of the user or a
            # change of the password that happened while it was hashed.
            unchanged = (
                UserCredential.user_id == credential.user_id,
                UserCredential.password_hash == credential.password_hash,
            )
            current = await db.scalar(login_credential(*unchanged))
            if current is None:
                raise Unauthorized(LOGIN_FAILED)
            current.password_hash = password_hash
            own = delete(UserSession).where(UserSession.user_id == credential.user_id)
            await db.execute(own.where(not_(not_expired(self.settings))))
            new = await create_session(db, self.settings, credential.user_id, client)
        log_security_event("authn_login_success", f"user {credential.user_id}")
        return new

    async def _check_password(self, email: str, password: str) -> UserCredential:
        """Credential of an email and its password. Raises Unauthorized.

        Verifies one hash in any case, so that the time reveals nothing.
        """
        async with read_session(self.sessions) as db:
            credential = await db.scalar(login_credential(User.email == email))
        password_hash = None if credential is None else credential.password_hash
        matches = await self.passwords.verify_password(password, password_hash)
        if credential is None or not matches:
            subject = email if credential is None else f"user {credential.user_id}"
            log_security_event("authn_login_fail", subject)
            raise Unauthorized(LOGIN_FAILED)
        return credential


class SessionService:
    """Sessions of the current user. Those of other users are not found."""

    def __init__(self, settings: SettingsDep, db: SessionDep) -> None:
        self.settings = settings
        self.db = db

    async def page(self, actor: Actor, query: PageQuery) -> Page[SessionRead]:
        """Page of active sessions, newest first."""
        sessions = (
            select(UserSession)
            .where(UserSession.user_id == actor.user_id, not_expired(self.settings))
            .order_by(UserSession.id.desc())
        )
        page = await paginate(self.db, sessions, query)
        items = [_session_read(user_session, actor) for user_session in page.items]
        return page_of(items, page.total, query)

    async def revoke(self, actor: Actor, session_id: int) -> None:
        """Revoke a session. Raises NotFound."""
        user_session = await self.db.scalar(session_for_update(actor, session_id))
        if user_session is None:
            raise NotFound(f"Session {session_id} does not exist.")
        await self.db.delete(user_session)
        log_security_event("session_revoked", f"{actor}, session {session_id}")

    async def logout(self, actor: Actor) -> None:
        """Revoke the current session."""
        user_session = await self.db.scalar(session_for_update(actor, actor.session_id))
        # Of two concurrent requests the second finds it deleted.
        if user_session is not None:
            await self.db.delete(user_session)
        log_security_event("session_revoked", f"{actor}, session {actor.session_id}")

    async def revoke_others(self, actor: Actor) -> None:
        """Revoke all sessions but the current one."""
        others = (UserSession.user_id == actor.user_id, UserSession.id != actor.session_id)
        await self.db.execute(delete(UserSession).where(*others))
        log_security_event("session_revoked", f"{actor}, all other sessions")


async def revoke_sessions(db: AsyncSession, user_id: int) -> None:
    """Revoke all sessions of a user, and the tokens that were sent by email."""
    for model in (UserSession, EmailToken):
        await db.execute(delete(model).where(model.user_id == user_id))


async def revoke_credentials(db: AsyncSession, *user_ids: int) -> None:
    """Revoke all sessions, email tokens and API keys of users."""
    for model in (UserSession, EmailToken, ApiKey):
        await db.execute(delete(model).where(model.user_id.in_(user_ids)))


async def revoke_if_deactivated(
    db: AsyncSession,
    user_ids: Sequence[int],
    columns: Mapping[str, Any],
) -> None:
    """Revoke all credentials of users whom this update deactivates.

    Reactivated users log in again: a stolen session must not become valid again.
    """
    if not columns.get("is_active", True):
        await revoke_credentials(db, *user_ids)


async def reset_email_verification(db: AsyncSession, user_id: int, actor: Actor) -> None:
    """Mark a changed email as unverified; revoke the user's sessions and email tokens.

    With a token in the old mailbox its reader could still set a password. Raises Forbidden for a
    user with scopes that the actor lacks: with access to the new mailbox the actor could reset the
    password and take over the account.
    """
    role = await db.scalar(select(UserCredential.role).where(UserCredential.user_id == user_id))
    if role is not None and not SCOPES[role] <= actor.scopes:
        log_security_event("authz_fail", f"{actor}, to the email of user {user_id}")
        raise Forbidden("This user has scopes that you do not have; you cannot change the email.")
    unverified = update(UserCredential).where(UserCredential.user_id == user_id)
    await db.execute(unverified.values(email_verified_at=None))
    await revoke_sessions(db, user_id)


def _session_read(user_session: UserSession, actor: Actor) -> SessionRead:
    return SessionRead(
        id=user_session.id,
        client=user_session.client,
        created_at=user_session.created_at,
        last_used_at=user_session.last_used_at,
        expires_at=user_session.expires_at,
        current=user_session.id == actor.session_id,
    )
# {% endcall %}
