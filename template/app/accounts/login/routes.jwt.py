# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Login over HTTP."""

from fastapi import APIRouter, Response, status

from app.accounts.access import SignedIn
from app.accounts.limited import Limited
from app.accounts.login.answers import SignInAnswer, answer_sign_in
from app.accounts.login.dependencies import ClientName, Logins, Refreshes
from app.accounts.login.schemas import Login, Refresh
from app.accounts.sign_ins.dependencies import SignIns

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/login", dependencies=[Limited])
async def login(
    data: Login,
    client: ClientName,
    service: Logins,
    response: Response,
) -> SignInAnswer:
    """Sign in by e-mail address and password."""
    password = data.password.get_secret_value()
    opened = await service.sign_in(data.email, password, client)
    return answer_sign_in(service.settings, opened, response)


@router.post("/refresh", dependencies=[Limited])
async def refresh(data: Refresh, service: Refreshes, response: Response) -> SignInAnswer:
    """Get new tokens for a refresh token, which is used up by that."""
    opened = await service.refresh(data.refresh_token)
    return answer_sign_in(service.settings, opened, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: SignedIn, service: SignIns) -> None:
    """Sign out. All tokens of this sign-in end at once."""
    await service.end_own(actor)
# {% endcall %}
