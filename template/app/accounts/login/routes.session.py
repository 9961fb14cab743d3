# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login over HTTP. The cookie proves a session; pages cannot read it, but get the CSRF token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from app.accounts.access import SignedIn
from app.accounts.credentials import COOKIE
from app.accounts.limited import Limited
from app.accounts.login.answers import SignInAnswer, answer_csrf_token, answer_sign_in
from app.accounts.login.dependencies import ClientName, Logins
from app.accounts.login.schemas import CsrfToken, Login
from app.accounts.sign_ins.dependencies import SignIns

router = APIRouter(prefix="/auth", tags=["accounts"])


def get_cookie(request: Request) -> str:
    """Return what the browser sends of a session, open or not."""
    return request.cookies.get(COOKIE, "")


Cookie = Annotated[str, Depends(get_cookie)]


@router.post("/login", dependencies=[Limited])
async def login(
    data: Login,
    client: ClientName,
    cookie: Cookie,
    service: Logins,
    response: Response,
) -> SignInAnswer:
    """Sign in by e-mail address and password. The session of an older cookie ends."""
    password = data.password.get_secret_value()
    opened = await service.sign_in(data.email, password, client)
    await service.end_replaced(cookie)
    return answer_sign_in(service.settings, opened, response)


@router.get("/csrf")
async def read_csrf_token(_actor: SignedIn, cookie: Cookie, response: Response) -> CsrfToken:
    """Return the token that each request of this session sends that changes something."""
    return answer_csrf_token(cookie, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: SignedIn, service: SignIns, response: Response) -> None:
    """Sign out. The session ends at once, and the browser forgets its cookie."""
    await service.end_own(actor)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
# {% endcall %}
