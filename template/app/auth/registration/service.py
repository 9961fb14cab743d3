# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How an account comes to be. Each step is a short transaction of its own, none while hashing."""

from sqlalchemy.exc import DBAPIError

from app.auth import messages
from app.auth.email_tokens import consume_token, issue_token
from app.auth.events import SecurityEvent, log_security_event
from app.auth.mail import Mail
from app.auth.passwords import Passwords
from app.auth.policy import check_password
from app.auth.registration.schemas import Registration
from app.auth.registration.statements import taken_emails, unverified_user
from app.config import Settings
from app.database.session import SessionFactory
from app.database.violations import constraint_violation
from app.models import TokenPurpose, User, UserCredential
from app.models.base import utc_now


class RegistrationService:
    """Only the owner of the mailbox learns whether an address has an account."""

    def __init__(self, settings: Settings, sessions: SessionFactory, passwords: Passwords) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords

    async def register(self, data: Registration) -> Mail:
        """Store an account that cannot be used yet; return the mail that tells how it went.

        The password is hashed in any case, so that the time it takes tells nothing. Raises
        InvalidField for a password that is easy to guess.
        """
        password = data.password.get_secret_value()
        check_password(self.settings, password, [data.username, data.email])
        password_hash = await self.passwords.hash(password)
        try:
            return await self._store(data, password_hash)
        except DBAPIError as error:
            if constraint_violation(error) is None:
                raise
        # Somebody took one of the names in this very moment: now it is found.
        return await self._store(data, password_hash)

    async def verify(self, token: str) -> None:
        """Note that an address is proved. Raises InvalidField."""
        async with self.sessions.begin() as session:
            user = await consume_token(session, TokenPurpose.VERIFY, token)
            account = await session.get_one(UserCredential, user.id)
            account.email_verified_at = utc_now()
        log_security_event(SecurityEvent.VERIFIED, f"user {user.id}")

    async def remind(self, email: str) -> Mail | None:
        """Return the mail with a new token for who has not proved the address yet, or nothing."""
        async with self.sessions.begin() as session:
            user = await session.scalar(unverified_user(email))
            if user is None:
                return None
            token = await issue_token(session, user, TokenPurpose.VERIFY)
        url = self.settings.public_url
        return messages.address_to_prove(url, email, user.username, token)

    async def _store(self, data: Registration, password_hash: str) -> Mail:
        url = self.settings.public_url
        async with self.sessions.begin() as session:
            rows = await session.scalars(taken_emails(data.username, data.email))
            in_use = rows.all()
            if data.email in in_use:
                return messages.address_in_use(url, data.email)
            if in_use:
                return messages.username_in_use(url, data.email, data.username)
            user = User(username=data.username, email=data.email, full_name=data.full_name)
            session.add(user)
            await session.flush()
            session.add(UserCredential(user_id=user.id, password_hash=password_hash))
            token = await issue_token(session, user, TokenPurpose.VERIFY)
        log_security_event(SecurityEvent.REGISTERED, f"user {user.id}")
        return messages.address_to_prove(url, data.email, data.username, token)
# {% endcall %}
