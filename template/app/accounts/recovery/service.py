# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a password is set anew. Each step is a short transaction of its own, none while hashing."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import messages
from app.accounts.endings import end_everything
from app.accounts.events import Event, note
from app.accounts.mail import Mail
from app.accounts.one_time_tokens import issue_token, owner_of, refused, use_token
from app.accounts.passwords import Passwords
from app.accounts.policy import check_password
from app.accounts.recovery.statements import forgetful_user
from app.config import Settings
from app.database.reading import reading
from app.database.session import SessionFactory
from app.models import Account, Purpose, User
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
            user = await session.scalar(forgetful_user(email))
            if user is None:
                note(Event.RESET_ASKED, email)
                return None
            token = await issue_token(session, user, Purpose.RESET)
        note(Event.RESET_ASKED, f"user {user.id}")
        url = self.settings.public_url
        return messages.password_to_reset(url, email, user.username, token)

    async def reset(self, token: str, password: str) -> Mail:
        """Set a new password, which also proves the address; return the mail that tells.

        Who had to reset a password may have lost more than it: all sign-ins end, and so do the API
        keys, which a thief could have made to stay. (OWASP ASVS 5.0, 7.4.3 asks for the first; at a
        change by the current password API keys stay, because nothing tells of a thief there.)
        Raises InvalidField for the token or the password.
        """
        async with reading(self.sessions) as session:
            user = await session.scalar(owner_of(Purpose.RESET, token))
        if user is None:
            raise refused()
        check_password(self.settings, password, [user.username, user.email])
        password_hash = await self.passwords.hash(password)
        async with self.sessions.begin() as session:
            user = await use_token(session, Purpose.RESET, token)
            await _set_password(session, user, password_hash)
            await end_everything(session, user.id)
        note(Event.RESET, f"user {user.id}")
        return messages.password_changed(self.settings.public_url, user.email)


async def _set_password(session: AsyncSession, user: User, password_hash: str) -> None:
    account = await session.get(Account, user.id)
    if account is None:
        # A user from before there were accounts.
        account = Account(user_id=user.id)
        session.add(account)
    account.password_hash = password_hash
    account.email_verified_at = account.email_verified_at or utc_now()
# {% endcall %}
