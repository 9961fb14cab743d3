"""Credentials, sessions, email tokens and API keys. Of secrets only digests are stored."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Identified, Timestamped, utc_now

# Length of a SHA-256 digest in hexadecimal digits.
DIGEST = String(64)


class Role(StrEnum):
    """Role of a user. The scopes of each role are in app/auth/scopes.py."""

    MEMBER = "member"
    STAFF = "staff"


class TokenPurpose(StrEnum):
    """Purpose of a token that is sent by email."""

    VERIFY = "verify"
    RESET = "reset"


class UserCredential(Timestamped, Base):
    """Password and role of a user. A user without one gets it by resetting the password."""

    __tablename__ = "user_credentials"

    user_id: Mapped[int] = mapped_column(
        BigId,
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    role: Mapped[Role] = mapped_column(default=Role.MEMBER)
    password_hash: Mapped[str]
    # Users cannot log in before their email is verified.
    email_verified_at: Mapped[datetime | None]


class UserSession(Identified, Base):
    """Session of a user on one client. Revoking deletes it."""

    __tablename__ = "user_sessions"
    # Ids are never reused: a token of a revoked session must not be valid for another one.
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
    """Single-use token that extends a session. Used tokens stay, so that reuse is detected."""

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
    """Single-use token that is sent by email. Using deletes it."""

    __tablename__ = "email_tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose]
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiKey(Identified, Base):
    """API key of a user, with some or all of the user's scopes."""

    __tablename__ = "api_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    # Enough to tell keys apart, far too little to guess one.
    prefix: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
