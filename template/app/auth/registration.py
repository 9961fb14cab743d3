# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Registration and email verification. No transaction is open while a password is hashed."""

from sqlalchemy.exc import DBAPIError

from app.auth import email as emails
from app.auth.dependencies import AuthService
from app.auth.passwords import validate_password
from app.auth.queries import taken_emails, unverified_user
from app.auth.schemas import Registration
from app.auth.security_log import log_security_event
from app.auth.tokens import consume_token, issue_token
from app.database.errors import constraint_violation
from app.models import TokenPurpose, User, UserCredential
from app.models.base import utc_now


class RegistrationService(AuthService):
    """Registration. Only the owner of a mailbox learns whether its address has an account."""

    async def register(self, data: Registration) -> emails.Mail:
        """Create an unverified user; return the email that reports the outcome.

        Hashes the password in any case, so that the time reveals nothing. Raises InvalidField for
        a weak password.
        """
        password = data.password.get_secret_value()
        validate_password(self.settings, password, [data.username, data.email])
        password_hash = await self.passwords.hash_password(password)
        try:
            return await self._create_user(data, password_hash)
        except DBAPIError as error:
            if constraint_violation(error) is None:
                raise
        # A concurrent registration took the username or email; this time it is found.
        return await self._create_user(data, password_hash)

    async def verify_email(self, token: str) -> None:
        """Mark an email as verified. Raises InvalidField."""
        async with self.sessions.begin() as db:
            user = await consume_token(db, TokenPurpose.VERIFY, token)
            credential = await db.get_one(UserCredential, user.id)
            credential.email_verified_at = utc_now()
        log_security_event("user_email_verified", f"user {user.id}")

    async def resend_verification(self, email: str) -> emails.Mail | None:
        """Verification email with a new token, if the email belongs to an unverified user."""
        async with self.sessions.begin() as db:
            user = await db.scalar(unverified_user(email))
            if user is None:
                return None
            token = await issue_token(db, user, TokenPurpose.VERIFY)
        return emails.verification(self.settings.public_url, email, user.username, token)

    async def _create_user(self, data: Registration, password_hash: str) -> emails.Mail:
        url = self.settings.public_url
        async with self.sessions.begin() as db:
            rows = await db.scalars(taken_emails(data.username, data.email))
            taken = rows.all()
            if data.email in taken:
                return emails.email_taken(url, data.email)
            if taken:
                return emails.username_taken(url, data.email, data.username)
            user = User(username=data.username, email=data.email, full_name=data.full_name)
            db.add(user)
            await db.flush()
            db.add(UserCredential(user_id=user.id, password_hash=password_hash))
            token = await issue_token(db, user, TokenPurpose.VERIFY)
        log_security_event("user_created", f"user {user.id}")
        return emails.verification(url, data.email, data.username, token)
# {% endcall %}
