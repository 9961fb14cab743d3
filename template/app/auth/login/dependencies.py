"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends, Request

# {% if auth == "jwt" %}
from app.auth.login.refreshing import RefreshService
# {% endif %}
from app.auth.login.service import LoginService
from app.auth.short_sessions import SessionFactoryDep

# The length of the column.
CLIENT_LENGTH = 200


def get_login_service(request: Request, sessions: SessionFactoryDep) -> LoginService:
    """Put the service together."""
    state = request.app.state
    return LoginService(state.settings, sessions, state.passwords)


def get_client_name(request: Request) -> str:
    """Return what a client calls itself, as far as it can be stored and shown."""
    name = request.headers.get("User-Agent", "")
    return "".join(letter for letter in name if letter.isprintable())[:CLIENT_LENGTH]


Logins = Annotated[LoginService, Depends(get_login_service)]
ClientName = Annotated[str, Depends(get_client_name)]
# {% if auth == "jwt" %}


def get_refresh_service(request: Request, sessions: SessionFactoryDep) -> RefreshService:
    """Put the service together."""
    return RefreshService(request.app.state.settings, sessions)


Refreshes = Annotated[RefreshService, Depends(get_refresh_service)]
# {% endif %}
