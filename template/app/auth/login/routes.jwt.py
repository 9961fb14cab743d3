# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login over HTTP."""

from fastapi import APIRouter, Response, status

from app.auth.access import CurrentUser
from app.auth.login.answers import LoginResponse, token_response
from app.auth.login.dependencies import ClientName, Logins, Refreshes
from app.auth.login.schemas import Login, Refresh
from app.auth.rate_limit import RateLimitByEmail
from app.auth.user_sessions.dependencies import UserSessions

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/login", dependencies=[RateLimitByEmail])
async def login(
    data: Login,
    client: ClientName,
    service: Logins,
    response: Response,
) -> LoginResponse:
    """Sign in by e-mail address and password."""
    password = data.password.get_secret_value()
    opened = await service.sign_in(data.email, password, client)
    return token_response(service.settings, opened, response)


@router.post("/refresh", dependencies=[RateLimitByEmail])
async def refresh(data: Refresh, service: Refreshes, response: Response) -> LoginResponse:
    """Get new tokens for a refresh token, which is used up by that."""
    opened = await service.refresh(data.refresh_token)
    return token_response(service.settings, opened, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: CurrentUser, service: UserSessions) -> None:
    """Sign out. All tokens of this sign-in end at once."""
    await service.end_own(actor)
# {% endcall %}
