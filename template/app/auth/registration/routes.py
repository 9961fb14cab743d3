# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Registration over HTTP. The answers are the same for addresses that are known and unknown."""

from fastapi import APIRouter, status

from app.auth.post import Post
from app.auth.rate_limit import RateLimitByEmail
from app.auth.registration.dependencies import Registrations
from app.auth.registration.schemas import Registration, Verification
from app.auth.schemas import Accepted, Address

router = APIRouter(prefix="/auth", tags=["auth"], dependencies=[RateLimitByEmail])
SENT = Accepted(detail="A mail to this address tells what to do next.")


@router.post("/register", status_code=status.HTTP_202_ACCEPTED)
async def register(data: Registration, service: Registrations, post: Post) -> Accepted:
    """Ask for an account. It can be used when the address is proved; a mail tells how."""
    mail = await service.register(data)
    post.put(mail)
    return SENT


@router.post("/verify", status_code=status.HTTP_204_NO_CONTENT)
async def verify(data: Verification, service: Registrations) -> None:
    """Prove an address by the token that was sent to it."""
    await service.verify(data.token)


@router.post("/verify/request", status_code=status.HTTP_202_ACCEPTED)
async def request_verification(data: Address, service: Registrations, post: Post) -> Accepted:
    """Ask for another mail with a token. Whether there is somebody to ask is found out later."""
    post.put_found(service.remind, data.email)
    return SENT
# {% endcall %}
