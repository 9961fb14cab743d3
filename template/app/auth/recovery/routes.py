# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Recovery over HTTP. The answers are the same for addresses that are known and unknown."""

from fastapi import APIRouter, status

from app.auth.post import Post
from app.auth.rate_limit import RateLimitByEmail
from app.auth.recovery.dependencies import Recoveries
from app.auth.recovery.schemas import Reset
from app.auth.schemas import Accepted, Address

router = APIRouter(prefix="/auth/password", tags=["auth"], dependencies=[RateLimitByEmail])
SENT = Accepted(detail="If this address is known, a mail to it tells what to do next.")


@router.post("/forgot", status_code=status.HTTP_202_ACCEPTED)
async def forgot_password(data: Address, service: Recoveries, post: Post) -> Accepted:
    """Ask for a mail with a token. Whether there is somebody to ask is found out later."""
    post.put_found(service.remind, data.email)
    return SENT


@router.post("/reset", status_code=status.HTTP_204_NO_CONTENT)
async def reset_password(data: Reset, service: Recoveries, post: Post) -> None:
    """Set a new password by the token of a mail. All sign-ins and API keys of the user end."""
    mail = await service.reset(data.token, data.password.get_secret_value())
    post.put(mail)
# {% endcall %}
