# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Random tokens, and the single-use tokens that are sent by email. Only digests are stored."""

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Select, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.errors import InvalidField
from app.auth.queries import ACTIVE_USER
from app.auth.security_log import UNKNOWN, log_security_event
from app.models import EmailToken, TokenPurpose, User
from app.models.base import utc_now

# 256 bits cannot be guessed, however long an attacker tries.
TOKEN_BYTES = 32
# Short: others could read the mailbox later. The texts in app/auth/email.py name these times.
LIFETIMES = {TokenPurpose.VERIFY: timedelta(hours=24), TokenPurpose.RESET: timedelta(hours=1)}


def new_token() -> str:
    """Random URL-safe token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Digest under which a token is stored, so that a leaked database holds no usable token.

    A fast hash is enough: unlike a password, a random token cannot be guessed.
    """
    return sha256(token.encode()).hexdigest()


async def issue_token(db: AsyncSession, user: User, purpose: TokenPurpose) -> str:
    """Store and return a token; earlier tokens of the user for this purpose become invalid.

    The caller has locked the user, so that of two concurrent calls the later token is valid.
    """
    earlier = (EmailToken.user_id == user.id, EmailToken.purpose == purpose)
    await db.execute(delete(EmailToken).where(*earlier))
    token = new_token()
    email_token = EmailToken(user_id=user.id, purpose=purpose, digest=digest_of(token))
    email_token.expires_at = utc_now() + LIFETIMES[purpose]
    db.add(email_token)
    return token


async def consume_token(db: AsyncSession, purpose: TokenPurpose, token: str) -> User:
    """Delete a token and return its user, locked. Raises InvalidField.

    The user is locked before the token, as in the other operations, which rules out a deadlock.
    Of two concurrent requests with one token the second finds it deleted.
    """
    owner = await db.scalar(token_owner(purpose, token))
    if owner is None:
        raise invalid_token_error()
    locked = select(User).where(User.id == owner.id, *ACTIVE_USER).with_for_update()
    user = await db.scalar(locked.execution_options(populate_existing=True))
    valid_token = select(EmailToken).where(_is_valid(purpose, token)).with_for_update()
    email_token = await db.scalar(valid_token)
    if user is None or email_token is None:
        raise invalid_token_error()
    await db.delete(email_token)
    return user


def token_owner(purpose: TokenPurpose, token: str) -> Select[User]:
    """Active user of a valid token."""
    return (
        select(User)
        .join(EmailToken, EmailToken.user_id == User.id)
        .where(_is_valid(purpose, token), *ACTIVE_USER)
    )


def invalid_token_error() -> InvalidField:
    """Log an invalid token and return the error, which is the same for every reason."""
    log_security_event("authn_email_token_fail", UNKNOWN)
    return InvalidField("token", "This token is invalid, used or expired. Request a new email.")


def _is_valid(purpose: TokenPurpose, token: str) -> ColumnElement[bool]:
    return and_(
        EmailToken.digest == digest_of(token),
        EmailToken.purpose == purpose,
        EmailToken.expires_at > utc_now(),
    )
# {% endcall %}
