# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""One's own account over HTTP. A machine may ask for whom it acts, and change nothing."""

from fastapi import APIRouter, Response, status

from app.auth.access import CurrentActor, CurrentUser
from app.auth.login.answers import LoginResponse, token_response
from app.auth.post import Post
from app.auth.profile.dependencies import Profile
from app.auth.profile.schemas import Deactivation, Me, PasswordChange, ProfileUpdate
from app.auth.rate_limit import RateLimitByUser

router = APIRouter(prefix="/auth", tags=["auth"])


@router.get("/me")
async def read_me(actor: CurrentActor, service: Profile) -> Me:
    """Return who sends this request."""
    return await service.get(actor)


@router.patch("/me")
async def update_me(data: ProfileUpdate, actor: CurrentUser, service: Profile) -> Me:
    """Change what users may change about themselves."""
    return await service.change(actor, data)


@router.delete(
    "/me",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[RateLimitByUser],
)
async def deactivate_me(data: Deactivation, actor: CurrentUser, service: Profile) -> None:
    """Close one's account. All sign-ins and API keys end, and nobody can sign in again."""
    await service.deactivate(actor, data.password.get_secret_value())


@router.post("/password", dependencies=[RateLimitByUser])
async def change_password(
    data: PasswordChange,
    actor: CurrentUser,
    service: Profile,
    post: Post,
    response: Response,
) -> LoginResponse:
    """Replace one's password. All sign-ins end, and a new one begins as by a login."""
    current = data.current_password.get_secret_value()
    new = data.new_password.get_secret_value()
    mail, opened = await service.change_password(actor, current, new)
    post.put(mail)
    return token_response(service.settings, opened, response)
# {% endcall %}
