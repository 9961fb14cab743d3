# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What users may do with their own accounts."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import messages
from app.auth.endings import revoke_credentials, revoke_sessions
from app.auth.errors import InvalidField
from app.auth.events import SecurityEvent, log_security_event
from app.auth.login.issuing import create_session
from app.auth.mail import Mail
from app.auth.passwords import Passwords
from app.auth.policy import check_password
from app.auth.profile.schemas import Me, ProfileUpdate
from app.auth.profile.statements import (
    locked_account,
    locked_user,
    own_account,
    own_client,
)
from app.auth.scopes import Actor
from app.config import Settings
from app.database.reading import read_session
from app.database.session import SessionFactory
from app.errors import Conflict, Unauthorized
from app.models import User, UserCredential, UserSession


class Changed(NamedTuple):
    """The mail that tells of a new password, and the sign-in with which its owner goes on."""

    mail: Mail
    opened: tuple[UserSession, str]


class ProfileService:
    """It writes by the session of the request, which begins only when nothing is hashed any more.

    What a hash is compared with is read before that, in a transaction of its own.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: SessionFactory,
        passwords: Passwords,
        session: AsyncSession,
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords
        self.session = session

    async def get(self, actor: Actor) -> Me:
        """Return who is asking."""
        rows = await self.session.execute(own_account(actor.user_id))
        user, account = rows.one()
        return _me(actor, user, account)

    async def change(self, actor: Actor, data: ProfileUpdate) -> Me:
        """Write what the data sets."""
        await self.session.scalars(locked_user(actor.user_id))
        rows = await self.session.execute(own_account(actor.user_id))
        user, account = rows.one()
        for name, value in data.columns().items():
            setattr(user, name, value)
        await self.session.flush()
        return _me(actor, user, account)

    async def change_password(self, actor: Actor, current: str, new: str) -> Changed:
        """Replace the password, end all sign-ins, and begin a new one.

        This one ends as well: whoever has copied what proves it must be out. API keys stay: their
        owner is here, sees them and may end them. Raises InvalidField, Unauthorized where the
        sign-in has ended meanwhile, and Conflict where somebody else was faster: a thief's change
        must not undo what the owner has just done about it.
        """
        user, password_hash = await self._prove(actor, "current_password", current)
        check_password(self.settings, new, [user.username, user.email], "new_password")
        new_hash = await self.passwords.hash(new)
        _, account = await self._lock(actor, password_hash)
        client = await self.session.scalar(own_client(actor))
        if client is None:
            raise Unauthorized
        account.password_hash = new_hash
        await revoke_sessions(self.session, actor.user_id)
        opened = await create_session(self.session, self.settings, actor.user_id, client)
        log_security_event(SecurityEvent.CHANGED, f"{actor}")
        return Changed(messages.password_changed(self.settings.public_url, user.email), opened)

    async def deactivate(self, actor: Actor, password: str) -> None:
        """Close the account. Nobody signs in to it until staff says so. Raises InvalidField."""
        _, password_hash = await self._prove(actor, "password", password)
        user, _ = await self._lock(actor, password_hash)
        user.is_active = False
        await revoke_credentials(self.session, actor.user_id)
        log_security_event(SecurityEvent.DEACTIVATED, f"{actor}")

    async def _prove(self, actor: Actor, field: str, password: str) -> tuple[User, str]:
        """Return the user and the hash that a password belongs to. Raises InvalidField."""
        async with read_session(self.sessions) as session:
            rows = await session.execute(own_account(actor.user_id))
            user, account = rows.one()
        if not await self.passwords.verify(password, account.password_hash):
            log_security_event(SecurityEvent.PROOF_REFUSED, f"{actor}")
            raise InvalidField(field, "This is not your password.")
        return user, account.password_hash

    async def _lock(self, actor: Actor, password_hash: str) -> tuple[User, UserCredential]:
        """Return the user and the account, still with this password. Raises Conflict."""
        users = await self.session.scalars(locked_user(actor.user_id))
        account = await self.session.scalar(locked_account(actor.user_id, password_hash))
        if account is None:
            raise Conflict("The password was changed a moment ago. Sign in again.")
        return users.one(), account


def _me(actor: Actor, user: User, account: UserCredential) -> Me:
    columns = {name: getattr(user, name) for name in Me.model_fields if hasattr(user, name)}
    return Me(**columns, role=account.role, scopes=sorted(actor.scopes))
# {% endcall %}
