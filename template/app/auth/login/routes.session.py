# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login over HTTP. The cookie proves a session; pages cannot read it, but get the CSRF token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from app.auth.access import CurrentUser
from app.auth.credentials import COOKIE
from app.auth.login.answers import LoginResponse, answer_csrf_token, token_response
from app.auth.login.dependencies import ClientName, Logins
from app.auth.login.schemas import CsrfToken, Login
from app.auth.rate_limit import RateLimitByEmail
from app.auth.user_sessions.dependencies import UserSessions

router = APIRouter(prefix="/auth", tags=["auth"])


def get_cookie(request: Request) -> str:
    """Return what the browser sends of a session, open or not."""
    return request.cookies.get(COOKIE, "")


Cookie = Annotated[str, Depends(get_cookie)]


@router.post("/login", dependencies=[RateLimitByEmail])
async def login(
    data: Login,
    client: ClientName,
    cookie: Cookie,
    service: Logins,
    response: Response,
) -> LoginResponse:
    """Sign in by e-mail address and password. The session of an older cookie ends."""
    password = data.password.get_secret_value()
    opened = await service.sign_in(data.email, password, client)
    await service.end_replaced(cookie)
    return token_response(service.settings, opened, response)


@router.get("/csrf")
async def read_csrf_token(_actor: CurrentUser, cookie: Cookie, response: Response) -> CsrfToken:
    """Return the token that each request of this session sends that changes something."""
    return answer_csrf_token(cookie, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: CurrentUser, service: UserSessions, response: Response) -> None:
    """Sign out. The session ends at once, and the browser forgets its cookie."""
    await service.end_own(actor)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
# {% endcall %}
