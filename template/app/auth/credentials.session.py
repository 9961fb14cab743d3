# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How a person proves who they are: by the cookie of a sign-in."""

from datetime import timedelta

from fastapi import Request
from fastapi.security import APIKeyCookie
from sqlalchemy import update

from app.auth.csrf import check_csrf
from app.auth.scopes import SCOPES, Actor
from app.auth.statements import person
from app.auth.tokens import digest_of
from app.config import Settings
from app.database.reading import read_session
from app.errors import Unauthorized
from app.models import UserSession
from app.models.base import utc_now

Proof = str
# The prefix makes browsers refuse the cookie unless it is Secure, for this host only.
COOKIE = "__Host-session"
Credential = APIKeyCookie(name=COOKIE, scheme_name="Session", auto_error=False)
PRECISION = timedelta(minutes=1)


async def get_session_actor(request: Request, proof: Proof) -> Actor:
    """Return who is signed in, and note that they are. Raises Unauthorized and Forbidden."""
    settings = request.app.state.settings
    async with read_session(request.app.state.sessions) as session:
        rows = await session.execute(person(settings, digest_of(proof)))
        found = rows.one_or_none()
    if found is None:
        raise Unauthorized("The session has ended. Sign in again.")
    sign_in, role = found
    actor = Actor(sign_in.user_id, SCOPES[role], sign_in.id)
    check_csrf(request, proof, actor)
    now = utc_now()
    if sign_in.last_used_at < now - precision(settings):
        used = update(UserSession).where(UserSession.id == sign_in.id).values(last_used_at=now)
        async with request.app.state.sessions.begin() as session:
            await session.execute(used)
    return actor


def precision(settings: Settings) -> timedelta:
    """Return how exact "last used" is: a write for each request would cost too much."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    return min(PRECISION, idle / 10)
# {% endcall %}
