# {% from "extensions/written_async.jinja" import written_async %}
"""Dependencies of routes: `CurrentUser`, `CurrentActor`, `require_scopes`.

A route without one of them is public; tests/auth/test_default_deny.py lists the public routes.
"""

from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from app.auth.api_keys import get_api_key_actor
from app.auth.backend import BearerToken, bearer_scheme, get_session_actor
from app.auth.passwords import Passwords
from app.auth.scopes import Actor, Scope
from app.auth.security_log import log_security_event
from app.config import Settings
# {% if concurrency == "async" %}
from app.database.session import SessionFactory
# {% else %}
from app.database.session import SessionFactory, session_slot, slot_dependency
# {% endif %}
from app.dependencies import SessionDep
from app.errors import Forbidden, Unauthorized

api_key_scheme = APIKeyHeader(name="X-API-Key", scheme_name="ApiKey", auto_error=False)
# Length of the column.
MAX_CLIENT_LENGTH = 200


# Small dependencies are async: FastAPI runs others in a thread.
async def get_settings(request: Request) -> Settings:
    """Settings of the app."""
    settings: Settings = request.app.state.settings
    return settings


async def get_passwords(request: Request) -> Passwords:
    """Password hashing of the app."""
    passwords: Passwords = request.app.state.passwords
    return passwords


async def get_client_name(request: Request) -> str:
    """User agent of the client, cut to what is stored and shown."""
    name = request.headers.get("User-Agent", "")
    return "".join(letter for letter in name if letter.isprintable())[:MAX_CLIENT_LENGTH]


# {% if concurrency == "async" %}
async def get_session_factory(request: Request) -> SessionFactory:
    """Factory for services with several short transactions; none is open while they hash."""
    # With several commits the outcome is unknown once a connection is lost: no retry.
    request.state.commit_sent = True
    return await get_read_sessions(request)


# {% else %}
async def get_session_factory(
    request: Request,
    _hashing: Annotated[None, Depends(slot_dependency("hashing_slots"), scope="function")],
    _slot: Annotated[None, Depends(session_slot, scope="function")],
) -> SessionFactory:
    """Factory for services with several short transactions; none is open while they hash.

    Requests wait here for a slot, where they take no thread. Half of the slots stay free for
    requests that hash no password.
    """
    # With several commits the outcome is unknown once a connection is lost: no retry.
    request.state.commit_sent = True
    return await get_read_sessions(request)


# {% endif %}
async def get_read_sessions(request: Request) -> SessionFactory:
    """Factory for reads outside the request's transaction."""
    sessions: SessionFactory = request.app.state.sessions
    return sessions


SettingsDep = Annotated[Settings, Depends(get_settings)]
PasswordsDep = Annotated[Passwords, Depends(get_passwords)]
ClientName = Annotated[str, Depends(get_client_name)]
SessionFactoryDep = Annotated[SessionFactory, Depends(get_session_factory)]
ReadSessionsDep = Annotated[SessionFactory, Depends(get_read_sessions)]


class AuthService:
    """Base of services with several short transactions; none is open while they hash."""

    def __init__(
        self,
        settings: SettingsDep,
        sessions: SessionFactoryDep,
        passwords: PasswordsDep,
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.passwords = passwords


# {% call written_async(concurrency) %}
async def get_current_actor(
    request: Request,
    db: SessionDep,
    api_key: Annotated[str | None, Security(api_key_scheme)],
    bearer: Annotated[BearerToken | None, Security(bearer_scheme)],
) -> Actor:
    """Authenticate a request by its session or API key. Raises Unauthorized.

    Looked up in a transaction that ends before the request's own begins: the use of a key is
    recorded even if the request fails.
    """
    if api_key is not None:
        actor = await get_api_key_actor(request.app.state.sessions, api_key)
    elif bearer is not None:
        actor = await get_session_actor(request, bearer)
    else:
        raise Unauthorized
    # Listeners of the session see on whose behalf it reads and writes.
    db.info["actor"] = actor
    return actor


CurrentActor = Annotated[Actor, Depends(get_current_actor)]


async def get_current_user(actor: CurrentActor) -> Actor:
    """Actor of a session. Raises Forbidden for an API key, whatever its scopes."""
    if actor.session_id is None:
        log_security_event("authz_fail", f"{actor}, by an API key")
        raise Forbidden("API keys cannot do this. Log in instead.")
    return actor


# For what users do with their own account.
CurrentUser = Annotated[Actor, Depends(get_current_user)]


def require_scopes(*scopes: Scope) -> Any:
    """Dependency of a route or router that requires one of these scopes."""

    def check_scopes(actor: CurrentActor) -> Actor:
        if actor.scopes.isdisjoint(scopes):
            needed = " or ".join(scopes)
            log_security_event("authz_fail", f"{actor}, without {needed}")
            raise Forbidden(f"This requires the scope {needed}.")
        return actor

    return Depends(check_scopes)
# {% endcall %}
