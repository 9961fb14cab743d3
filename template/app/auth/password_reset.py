# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Password reset by email. No transaction is open while a password is hashed."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import email as emails
from app.auth.dependencies import AuthService
from app.auth.passwords import validate_password
from app.auth.queries import lock_user_for_reset
from app.auth.security_log import log_security_event
from app.auth.sessions import revoke_credentials
from app.auth.tokens import consume_token, invalid_token_error, issue_token, token_owner
from app.database.session import read_session
from app.models import TokenPurpose, User, UserCredential
from app.models.base import utc_now


class PasswordResetService(AuthService):
    """Password reset, for anyone with access to the user's mailbox."""

    async def request_reset(self, email: str) -> emails.Mail | None:
        """Reset email with a token, if the email belongs to an active user.

        Runs after the response, so that its time does not reveal whether the user exists.
        """
        async with self.sessions.begin() as db:
            user = await db.scalar(lock_user_for_reset(email))
            if user is None:
                log_security_event("authn_password_reset_request", email)
                return None
            token = await issue_token(db, user, TokenPurpose.RESET)
        log_security_event("authn_password_reset_request", f"user {user.id}")
        return emails.password_reset(self.settings.public_url, email, user.username, token)

    async def reset_password(self, token: str, password: str) -> emails.Mail:
        """Set a new password, which also verifies the email; return the notification.

        Revokes all sessions (OWASP ASVS 5.0, 7.4.3) and all API keys: if the password was stolen,
        the thief could have created a key. Raises InvalidField for the token or the password.
        """
        async with read_session(self.sessions) as db:
            user = await db.scalar(token_owner(TokenPurpose.RESET, token))
        if user is None:
            raise invalid_token_error()
        validate_password(self.settings, password, [user.username, user.email])
        password_hash = await self.passwords.hash_password(password)
        async with self.sessions.begin() as db:
            user = await consume_token(db, TokenPurpose.RESET, token)
            await _set_password(db, user, password_hash)
            await revoke_credentials(db, user.id)
        log_security_event("authn_password_reset", f"user {user.id}")
        return emails.password_changed(self.settings.public_url, user.email)


async def _set_password(db: AsyncSession, user: User, password_hash: str) -> None:
    credential = await db.get(UserCredential, user.id)
    if credential is None:
        # A user from before the service had authentication.
        credential = UserCredential(user_id=user.id)
        db.add(credential)
    credential.password_hash = password_hash
    credential.email_verified_at = credential.email_verified_at or utc_now()
# {% endcall %}
