# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How somebody signs in. Each step is a short transaction of its own, none while hashing."""

from app.auth.events import SecurityEvent, log_security_event
from app.auth.login.issuing import create_session
from app.auth.login.statements import (
    account_of,
    expired_sessions,
    # {% if auth == "session" %}
    replaced_session,
    # {% endif %}
    same_account,
)
from app.auth.passwords import Passwords
from app.auth.statements import locked_user
from app.config import Settings
from app.database.reading import read_session
from app.database.session import SessionFactory
from app.errors import Unauthorized
from app.models import UserCredential, UserSession

# For every reason the same, so that nobody learns who has an account.
REFUSAL = "The e-mail address or the password is wrong, or the address is not verified yet."


class LoginService:
    """Whoever knows the password of a verified address may sign in; nobody else learns more."""

    def __init__(self, settings: Settings, sessions: SessionFactory, passwords: Passwords) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords

    async def sign_in(self, email: str, password: str, client: str) -> tuple[UserSession, str]:
        """Store a sign-in; return it with the secret that proves it. Raises Unauthorized."""
        account = await self._prove(email, password)
        new_hash = await self._new_hash(account, password)
        async with self.sessions.begin() as session:
            await session.execute(locked_user(account.user_id))
            # Asked again: what ends all sign-ins may have been at work while the hash was made, and
            # no sign-in by the old password may come after it.
            current = await session.scalar(same_account(account))
            if current is None:
                raise Unauthorized(REFUSAL)
            current.password_hash = new_hash
            await session.execute(expired_sessions(self.settings, account.user_id))
            opened = await create_session(session, self.settings, account.user_id, client)
        log_security_event(SecurityEvent.SIGNED_IN, f"user {account.user_id}")
        return opened

    # {% if auth == "session" %}
    async def end_replaced(self, secret: str) -> None:
        """End the session of a cookie, if there is one, that the browser forgets for a new one."""
        async with self.sessions.begin() as session:
            await session.execute(replaced_session(secret))

    # {% endif %}
    async def _prove(self, email: str, password: str) -> UserCredential:
        """Return the account that the password belongs to. Raises Unauthorized.

        One hash is made in any case, so that the time it takes tells nothing.
        """
        async with read_session(self.sessions) as session:
            account = await session.scalar(account_of(email))
        password_hash = None if account is None else account.password_hash
        matches = await self.passwords.verify(password, password_hash)
        if account is None or not matches:
            log_security_event(
                SecurityEvent.SIGN_IN_REFUSED, f"user {account.user_id}" if account else email
            )
            raise Unauthorized(REFUSAL)
        return account

    async def _new_hash(self, account: UserCredential, password: str) -> str:
        """Return the hash by the parameters of today."""
        if not self.passwords.needs_rehash(account.password_hash):
            return account.password_hash
        return await self.passwords.hash(password)
# {% endcall %}
