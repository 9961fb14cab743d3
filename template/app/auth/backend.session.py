# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sessions by a cookie, and the CSRF token that protects them.

A page of another site can make a browser send the cookie, but cannot read the CSRF token, which
each changing request carries in a header. It is a signed token bound to the session, derived from
the cookie's secret, so nothing is stored.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hmac
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.queries import sessions_with_role
from app.auth.scopes import SCOPES, Actor
from app.auth.security_log import log_security_event
from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.database.session import SessionFactory, read_session
from app.errors import Forbidden, Unauthorized
from app.models import Role, UserSession
from app.models.base import utc_now

# Browsers accept a cookie with this prefix only if it is Secure and for this host.
COOKIE = "__Host-session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_SCHEME = "CsrfToken"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
LAST_USED_PRECISION = timedelta(minutes=1)

BearerToken = str
bearer_scheme = APIKeyCookie(name=COOKIE, scheme_name="Session", auto_error=False)


class CsrfToken(BaseModel):
    """CSRF token, to send in the header X-CSRF-Token with each changing request."""

    csrf_token: str


LoginResponse = CsrfToken


class NewSession(NamedTuple):
    """A session and the secret for its cookie."""

    user_session: UserSession
    secret: str


def get_cookie_secret(request: Request) -> str:
    """Secret in the session cookie, valid or not; empty without a cookie."""
    return request.cookies.get(COOKIE, "")


CookieSecret = Annotated[str, Depends(get_cookie_secret)]


async def get_session_actor(request: Request, secret: BearerToken) -> Actor:
    """Actor of a session cookie. Raises Unauthorized, and Forbidden without the CSRF token."""
    settings = request.app.state.settings
    async with read_session(request.app.state.sessions) as db:
        rows = await db.execute(active_session(settings, secret))
        row = rows.one_or_none()
    if row is None:
        raise Unauthorized("The session has expired or was revoked. Log in again.")
    user_session, role = row
    actor = Actor(user_session.user_id, SCOPES[role], user_session.id)
    check_csrf(request, secret, actor)
    now = utc_now()
    if user_session.last_used_at < now - last_used_precision(settings):
        last_used = update(UserSession).where(UserSession.id == user_session.id)
        async with request.app.state.sessions.begin() as db:
            await db.execute(last_used.values(last_used_at=now))
    return actor


def last_used_precision(settings: Settings) -> timedelta:
    """Precision of `last_used_at`: a write at each request would cost too much."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    return min(LAST_USED_PRECISION, idle / 10)


def max_session_age(settings: Settings) -> timedelta:
    """Age at which a session expires, however much it is used."""
    return timedelta(hours=settings.session_hours)


def not_expired(settings: Settings) -> ColumnElement[bool]:
    """Condition for sessions that are neither too old nor idle for too long."""
    now = utc_now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    return and_(UserSession.expires_at > now, UserSession.last_used_at > now - idle)


def active_sessions(settings: Settings) -> Select[UserSession, Role]:
    """Sessions that have not expired, of active users, with the user's role."""
    return sessions_with_role().where(not_expired(settings))


def active_session(settings: Settings, secret: str) -> Select[UserSession, Role]:
    """Session of a cookie, with the user's role."""
    return active_sessions(settings).where(UserSession.digest == digest_of(secret))


def delete_sessions(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Delete sessions; return their number."""
    return connection.execute(delete(UserSession).where(condition)).rowcount


async def create_session(
    db: AsyncSession,
    settings: Settings,
    user_id: int,
    client: str,
) -> NewSession:
    """Store a session. Of its secret only the digest is stored."""
    secret = new_token()
    expires_at = utc_now() + max_session_age(settings)
    user_session = UserSession(user_id=user_id, client=client, expires_at=expires_at)
    user_session.digest = digest_of(secret)
    db.add(user_session)
    await db.flush()
    return NewSession(user_session, secret)


async def delete_replaced_session(sessions: SessionFactory, secret: str) -> None:
    """Delete the session of a cookie that the browser is about to replace, if there is one."""
    async with sessions.begin() as db:
        await db.execute(delete(UserSession).where(UserSession.digest == digest_of(secret)))


def token_response(_settings: Settings, new: NewSession, response: Response) -> LoginResponse:
    """Set the cookie of a session; return its CSRF token."""
    # Without an age: the browser drops it when it is closed, if not before.
    response.set_cookie(COOKIE, new.secret, secure=True, httponly=True, samesite="lax")
    return csrf_response(new.secret, response)


def csrf_response(secret: str, response: Response) -> CsrfToken:
    """CSRF token of a session. Caches must not store it."""
    response.headers["Cache-Control"] = "no-store"
    return CsrfToken(csrf_token=csrf_token(secret))


def csrf_token(secret: str) -> str:
    """CSRF token that belongs to a session's cookie."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()


def check_csrf(request: Request, secret: str, actor: Actor) -> None:
    """Refuse a changing request without the CSRF token of its session. Raises Forbidden."""
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
        log_security_event("authz_fail", f"{actor}, no CSRF token")
        raise Forbidden(f"Send the CSRF token of your session in the header {CSRF_HEADER}.")


def describe_csrf(document: dict[str, Any]) -> None:
    """Add the CSRF token to an OpenAPI document, so that /docs asks for it.

    Schemes within one requirement are needed together.
    https://spec.openapis.org/oas/v3.1.1#security-requirement-object
    """
    scheme = {"type": "apiKey", "in": "header", "name": CSRF_HEADER}
    document["components"]["securitySchemes"][CSRF_SCHEME] = scheme
    for path in document["paths"].values():
        for method, operation in path.items():
            if method.upper() not in SAFE_METHODS:
                _require_csrf_token(operation.get("security", []))


def _require_csrf_token(requirements: list[dict[str, list[str]]]) -> None:
    for schemes in requirements:
        if "Session" in schemes:
            schemes[CSRF_SCHEME] = []
# {% endcall %}
