# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a password is set anew. Each step is a short transaction of its own, none while hashing."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import messages
from app.auth.email_tokens import consume_token, issue_token, owner_of, refused
from app.auth.endings import revoke_credentials
from app.auth.events import SecurityEvent, log_security_event
from app.auth.mail import Mail
from app.auth.passwords import Passwords
from app.auth.policy import check_password
from app.auth.recovery.statements import lock_user_for_reset
from app.config import Settings
from app.database.reading import read_session
from app.database.session import SessionFactory
from app.models import TokenPurpose, User, UserCredential
from app.models.base import utc_now


class RecoveryService:
    """Whoever reads a user's mail may set the password; nobody else learns who is known."""

    def __init__(self, settings: Settings, sessions: SessionFactory, passwords: Passwords) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords

    async def remind(self, email: str) -> Mail | None:
        """Return the mail with a token for a user, and nothing for anybody else.

        It runs when the answer has left: what it takes longer for a user, nobody can measure.
        """
        async with self.sessions.begin() as session:
            user = await session.scalar(lock_user_for_reset(email))
            if user is None:
                log_security_event(SecurityEvent.RESET_ASKED, email)
                return None
            token = await issue_token(session, user, TokenPurpose.RESET)
        log_security_event(SecurityEvent.RESET_ASKED, f"user {user.id}")
        url = self.settings.public_url
        return messages.password_to_reset(url, email, user.username, token)

    async def reset(self, token: str, password: str) -> Mail:
        """Set a new password, which also proves the address; return the mail that tells.

        Who had to reset a password may have lost more than it: all sign-ins end, and so do the API
        keys, which a thief could have made to stay. (OWASP ASVS 5.0, 7.4.3 asks for the first; at a
        change by the current password API keys stay, because nothing tells of a thief there.)
        Raises InvalidField for the token or the password.
        """
        async with read_session(self.sessions) as session:
            user = await session.scalar(owner_of(TokenPurpose.RESET, token))
        if user is None:
            raise refused()
        check_password(self.settings, password, [user.username, user.email])
        password_hash = await self.passwords.hash(password)
        async with self.sessions.begin() as session:
            user = await consume_token(session, TokenPurpose.RESET, token)
            await _set_password(session, user, password_hash)
            await revoke_credentials(session, user.id)
        log_security_event(SecurityEvent.RESET, f"user {user.id}")
        return messages.password_changed(self.settings.public_url, user.email)


async def _set_password(session: AsyncSession, user: User, password_hash: str) -> None:
    account = await session.get(UserCredential, user.id)
    if account is None:
        # A user from before there were accounts.
        account = UserCredential(user_id=user.id)
        session.add(account)
    account.password_hash = password_hash
    account.email_verified_at = account.email_verified_at or utc_now()
# {% endcall %}
