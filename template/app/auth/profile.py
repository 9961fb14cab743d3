# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What users do with their own account: profile, password, deactivation."""

from sqlalchemy import select

from app.auth.backend import NewSession, create_session
from app.auth.dependencies import PasswordsDep, ReadSessionsDep, SettingsDep
from app.auth.email import Mail, password_changed
from app.auth.errors import InvalidField
from app.auth.passwords import validate_password
from app.auth.queries import current_session, user_for_update, user_with_credential
from app.auth.schemas import ProfileRead, ProfileUpdate
from app.auth.scopes import Actor
from app.auth.security_log import log_security_event
from app.auth.sessions import revoke_credentials, revoke_sessions
from app.database.session import read_session
from app.dependencies import SessionDep
from app.errors import Conflict, Unauthorized
from app.models import User, UserCredential


class ProfileService:
    """Account of the current user.

    The request's transaction begins after the last hash; what is verified is read before it, in a
    transaction of its own.
    """

    def __init__(
        self,
        settings: SettingsDep,
        sessions: ReadSessionsDep,
        passwords: PasswordsDep,
        db: SessionDep,
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords
        self.db = db

    async def get(self, actor: Actor) -> ProfileRead:
        """Profile of the actor's user."""
        rows = await self.db.execute(user_with_credential(actor.user_id))
        user, credential = rows.one()
        return _profile_read(actor, user, credential)

    async def update(self, actor: Actor, data: ProfileUpdate) -> ProfileRead:
        """Update the given fields."""
        await self.db.execute(user_for_update(actor.user_id))
        rows = await self.db.execute(user_with_credential(actor.user_id))
        user, credential = rows.one()
        for name, value in data.columns().items():
            setattr(user, name, value)
        await self.db.flush()
        return _profile_read(actor, user, credential)

    async def change_password(self, actor: Actor, old: str, new: str) -> tuple[Mail, NewSession]:
        """Change the password and replace all sessions by a new one; return it and the email.

        The current session goes too: a thief could have copied it. API keys stay: the user sees and
        revokes them. Raises InvalidField, Unauthorized where the session was revoked meanwhile, and
        Conflict where the password was changed meanwhile: a thief must not undo the user's change.
        """
        user, password_hash = await self._check_password(actor, "current_password", old)
        validate_password(self.settings, new, [user.username, user.email], "new_password")
        new_hash = await self.passwords.hash_password(new)
        _, credential = await self._lock(actor, password_hash)
        user_session = await self.db.scalar(current_session(actor))
        if user_session is None:
            raise Unauthorized
        client = user_session.client
        credential.password_hash = new_hash
        await revoke_sessions(self.db, actor.user_id)
        new_session = await create_session(self.db, self.settings, actor.user_id, client)
        log_security_event("authn_password_change", f"{actor}")
        return password_changed(self.settings.public_url, user.email), new_session

    async def deactivate(self, actor: Actor, password: str) -> None:
        """Deactivate the user, until staff reactivates it. Raises InvalidField."""
        _, password_hash = await self._check_password(actor, "password", password)
        user, _ = await self._lock(actor, password_hash)
        user.is_active = False
        await revoke_credentials(self.db, actor.user_id)
        log_security_event("user_deactivated", f"{actor}")

    async def _check_password(self, actor: Actor, field: str, password: str) -> tuple[User, str]:
        """User and hash that a password matches. Raises InvalidField."""
        async with read_session(self.sessions) as db:
            rows = await db.execute(user_with_credential(actor.user_id))
            user, credential = rows.one()
        if not await self.passwords.verify_password(password, credential.password_hash):
            log_security_event("authn_password_fail", f"{actor}")
            raise InvalidField(field, "The password is wrong.")
        return user, credential.password_hash

    async def _lock(self, actor: Actor, password_hash: str) -> tuple[User, UserCredential]:
        """User and credential, locked, unless the password has changed. Raises Conflict."""
        users = await self.db.scalars(user_for_update(actor.user_id))
        current = (
            UserCredential.user_id == actor.user_id,
            UserCredential.password_hash == password_hash,
        )
        credential = await self.db.scalar(select(UserCredential).where(*current).with_for_update())
        if credential is None:
            raise Conflict("The password was changed a moment ago. Log in again.")
        return users.one(), credential


def _profile_read(actor: Actor, user: User, credential: UserCredential) -> ProfileRead:
    fields = ProfileRead.model_fields
    columns = {name: getattr(user, name) for name in fields if hasattr(user, name)}
    return ProfileRead(**columns, role=credential.role, scopes=sorted(actor.scopes))
# {% endcall %}
