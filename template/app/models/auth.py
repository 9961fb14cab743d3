"""Accounts: who may sign in, who has signed in, and what proves it. No secret is stored itself."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Identified, Timestamped, utc_now

# The length of a SHA-256 digest in hexadecimal digits.
DIGEST = String(64)


class Role(StrEnum):
    """What a user is to this service; app/auth/scopes.py says what each role may do."""

    MEMBER = "member"
    STAFF = "staff"


class TokenPurpose(StrEnum):
    """What a token that was sent by mail is good for."""

    VERIFY = "verify"
    RESET = "reset"


class UserCredential(Timestamped, Base):
    """What lets a user sign in. A user without one can get it by resetting the password."""

    __tablename__ = "user_credentials"

    user_id: Mapped[int] = mapped_column(
        BigId,
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    role: Mapped[Role] = mapped_column(default=Role.MEMBER)
    password_hash: Mapped[str]
    # Nobody signs in before the address is proved.
    email_verified_at: Mapped[datetime | None]


class UserSession(Identified, Base):
    """One device on which a user is signed in. It ends by being deleted."""

    __tablename__ = "user_sessions"
    # A key is never given again: a token of a sign-in that ended must not prove another one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # {% if auth == "session" %}
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    # {% endif %}
    client: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


# {% if auth == "jwt" %}
class RefreshToken(Identified, Base):
    """A token that continues a sign-in, once. Used ones stay, so that a thief is noticed."""

    __tablename__ = "refresh_tokens"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("user_sessions.id", ondelete="CASCADE"),
        index=True,
    )
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


# {% endif %}
class EmailToken(Identified, Base):
    """A token that was sent by mail. It is deleted when it is used."""

    __tablename__ = "email_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose]
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiKey(Identified, Base):
    """A key for a machine that acts for a user, with no more than some of the user's scopes."""

    __tablename__ = "api_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    # Enough to recognise a key by, and far too little to guess it.
    prefix: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
