# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""One's own account over HTTP. A machine may ask for whom it acts, and change nothing."""

from fastapi import APIRouter, Response, status

from app.accounts.access import CurrentUser, SignedIn
from app.accounts.limited import LimitedPerson
from app.accounts.login.answers import SignInAnswer, answer_sign_in
from app.accounts.post import Post
from app.accounts.profile.dependencies import Profile
from app.accounts.profile.schemas import Deactivation, Me, PasswordChange, ProfileUpdate

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.get("/me")
async def read_me(actor: CurrentUser, service: Profile) -> Me:
    """Return who sends this request."""
    return await service.get(actor)


@router.patch("/me")
async def update_me(data: ProfileUpdate, actor: SignedIn, service: Profile) -> Me:
    """Change what users may change about themselves."""
    return await service.change(actor, data)


@router.delete(
    "/me",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[LimitedPerson],
)
async def deactivate_me(data: Deactivation, actor: SignedIn, service: Profile) -> None:
    """Close one's account. All sign-ins and API keys end, and nobody can sign in again."""
    await service.deactivate(actor, data.password.get_secret_value())


@router.post("/password", dependencies=[LimitedPerson])
async def change_password(
    data: PasswordChange,
    actor: SignedIn,
    service: Profile,
    post: Post,
    response: Response,
) -> SignInAnswer:
    """Replace one's password. All sign-ins end, and a new one begins as by a login."""
    current = data.current_password.get_secret_value()
    new = data.new_password.get_secret_value()
    mail, opened = await service.change_password(actor, current, new)
    post.put(mail)
    return answer_sign_in(service.settings, opened, response)
# {% endcall %}
