# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sessions by JWT access tokens and rotating refresh tokens.

RFC 7519 defines JWTs, RFC 8725 their pitfalls. An access token is valid for minutes and bound to a
session; a refresh token is valid once. A refresh token that is used twice was copied, by the client
or by a thief, and the service cannot tell which: the session is revoked (RFC 9700, 4.14).
"""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import jwt
from fastapi import Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.queries import sessions_with_role
from app.auth.schemas import Token
from app.auth.scopes import SCOPES, Actor
from app.auth.security_log import log_security_event
from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.database.session import SessionFactory, read_session
from app.errors import Unauthorized
from app.models import RefreshToken, Role, UserSession
from app.models.base import utc_now
from app.schemas import RequestBody

# Fixed, whatever algorithm a token names.
ALGORITHM = "HS256"
JWT_TYPE = "at+jwt"
REQUIRED_CLAIMS = ["exp", "nbf", "iat", "iss", "aud", "sub", "sid"]
INVALID_ACCESS = "This access token is invalid or expired."
INVALID_REFRESH = "This refresh token is invalid or expired. Log in again."
# For so long a used refresh token still works: a client that sends it twice at once, or again after
# a lost response, is no thief. The first of the new tokens to be used invalidates the others, so
# a thief within this time is noticed as soon as both clients have refreshed again.
REUSE_GRACE = timedelta(seconds=10)

BearerToken = HTTPAuthorizationCredentials
bearer_scheme = HTTPBearer(scheme_name="AccessToken", bearerFormat="JWT", auto_error=False)


class RefreshRequest(RequestBody):
    """Refresh token to exchange for new tokens."""

    refresh_token: Token


class TokenResponse(BaseModel):
    """Access token with its lifetime in seconds, and the refresh token for the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = Field(default="bearer")
    expires_in: int


LoginResponse = TokenResponse


class NewSession(NamedTuple):
    """A session and its latest refresh token."""

    user_session: UserSession
    refresh_token: str


async def get_session_actor(request: Request, bearer: BearerToken) -> Actor:
    """Actor of an access token. Raises Unauthorized."""
    settings = request.app.state.settings
    user_id, session_id = decode_access_token(settings, bearer.credentials)
    own = (UserSession.id == session_id, UserSession.user_id == user_id)
    # Checked at each request, so that revoking a session invalidates its access tokens too.
    async with read_session(request.app.state.sessions) as db:
        rows = await db.execute(active_sessions(settings).where(*own))
        row = rows.one_or_none()
    if row is None:
        raise Unauthorized(INVALID_ACCESS)
    user_session, role = row
    return Actor(user_session.user_id, SCOPES[role], user_session.id)


def create_access_token(settings: Settings, user_id: int, session_id: int) -> str:
    """Signed access token of a session."""
    now = utc_now()
    key_id, secret = next(iter(settings.jwt_keys.items()))
    claims: dict[str, Any] = {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": f"{user_id}",
        "sid": f"{session_id}",
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=settings.access_token_minutes),
    }
    headers = {"kid": key_id, "typ": JWT_TYPE}
    return jwt.encode(claims, secret.get_secret_value(), ALGORITHM, headers)


def decode_access_token(settings: Settings, token: str) -> tuple[int, int]:
    """User id and session id of an access token. Raises Unauthorized.

    Of the header only the key id is used, to choose among the configured keys. URLs in it that
    claim to lead to a key are ignored.
    """
    try:
        header = jwt.get_unverified_header(token)
        secret = settings.jwt_keys[header["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token,
            secret.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
            options={"require": REQUIRED_CLAIMS},
        )
        ids = int(claims["sub"]), int(claims["sid"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unauthorized(INVALID_ACCESS) from None
    if header.get("typ") != JWT_TYPE:
        raise Unauthorized(INVALID_ACCESS)
    return ids


def not_expired(settings: Settings) -> ColumnElement[bool]:
    """Condition for sessions that are neither too old nor refreshed too long ago."""
    now = utc_now()
    idle = timedelta(days=settings.refresh_token_idle_days)
    return and_(UserSession.expires_at > now, UserSession.last_used_at > now - idle)


def active_sessions(settings: Settings) -> Select[UserSession, Role]:
    """Sessions that have not expired, of active users, with the user's role."""
    return sessions_with_role().where(not_expired(settings))


def delete_sessions(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Delete sessions with their refresh tokens; return the number of sessions.

    Connections of migrations and commands do not cascade deletes on every database.
    """
    session_ids = select(UserSession.id).where(condition)
    connection.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(session_ids)))
    return connection.execute(delete(UserSession).where(condition)).rowcount


async def create_session(
    db: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> NewSession:
    """Store a session with its first refresh token."""
    # However often it is refreshed.
    expires_at = utc_now() + timedelta(days=settings.refresh_token_days)
    user_session = UserSession(user_id=user_id, client=client, expires_at=expires_at)
    db.add(user_session)
    await db.flush()
    return NewSession(user_session, _add_refresh_token(db, user_session))


def token_response(settings: Settings, new: NewSession, response: Response) -> LoginResponse:
    """Tokens of a session. Caches must not store them."""
    user_session, refresh_token = new
    response.headers["Cache-Control"] = "no-store"
    return TokenResponse(
        access_token=create_access_token(settings, user_session.user_id, user_session.id),
        refresh_token=refresh_token,
        expires_in=round(settings.access_token_minutes * 60),
    )


async def rotate_refresh_token(
    settings: Settings,
    sessions: SessionFactory,
    token: str,
) -> NewSession:
    """Exchange a refresh token for the next one. Raises Unauthorized."""
    # Now, not when the lock is acquired: of many concurrent requests the last one waits for long.
    received_at = utc_now()
    async with read_session(sessions) as db:
        user_session = await db.scalar(_session_of_refresh_token(settings, token))
    if user_session is None:
        raise Unauthorized(INVALID_REFRESH)
    async with sessions.begin() as db:
        user_session, next_token = await _use_refresh_token(db, user_session, token, received_at)
    if next_token is None:
        # Raised after the commit: an error within the transaction would undo the revocation.
        log_security_event("authn_token_reuse", f"user {user_session.user_id}")
        raise Unauthorized(INVALID_REFRESH)
    return NewSession(user_session, next_token)


def _session_of_refresh_token(settings: Settings, token: str) -> Select[UserSession]:
    """Active session of a refresh token, whether the token was used or not."""
    return (
        active_sessions(settings)
        .with_only_columns(UserSession)
        .join(RefreshToken, RefreshToken.session_id == UserSession.id)
        .where(RefreshToken.digest == digest_of(token))
    )


async def _use_refresh_token(
    db: AsyncSession,
    found: UserSession,
    token: str,
    received_at: datetime,
) -> tuple[UserSession, str | None]:
    """Mark a token as used and return the next one; revoke the session of a reused token.

    The session is locked before the token, so that requests of one session run one after the other
    and never deadlock. Raises Unauthorized where the session was revoked meanwhile.
    """
    locked_session = select(UserSession).where(UserSession.id == found.id).with_for_update()
    user_session = await db.scalar(locked_session)
    digest = digest_of(token)
    locked_token = select(RefreshToken).where(RefreshToken.digest == digest).with_for_update()
    refresh_token = await db.scalar(locked_token)
    if user_session is None or refresh_token is None:
        raise Unauthorized(INVALID_REFRESH)
    used_at = refresh_token.used_at
    if used_at is not None and used_at + REUSE_GRACE < received_at:
        await db.delete(user_session)
        return user_session, None
    if used_at is None:
        # With it all tokens of this session that were issued until now.
        unused = (RefreshToken.session_id == found.id, RefreshToken.used_at.is_(None))
        await db.execute(update(RefreshToken).where(*unused).values(used_at=received_at))
    user_session.last_used_at = received_at
    return user_session, _add_refresh_token(db, user_session)


def _add_refresh_token(db: AsyncSession, user_session: UserSession) -> str:
    token = new_token()
    db.add(RefreshToken(session_id=user_session.id, digest=digest_of(token)))
    return token
# {% endcall %}
