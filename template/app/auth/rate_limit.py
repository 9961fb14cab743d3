# {% from "extensions/written_async.jinja" import written_async %}
"""Routes that take passwords, tokens or addresses let nobody try too often.

`RateLimitByEmail` is for those that strangers may call, and counts for the account that they name:

    router = APIRouter(prefix="/auth", dependencies=[RateLimitByEmail])

`RateLimitByUser` is for those that ask somebody who is signed in for the password again. Both count
before the route does anything: a refused attempt costs no hash.
"""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.auth.access import CurrentUser


class CountOncePerRequest:
    """Give each request a place to note what it was counted for.

    Around app/middleware/retry.py: a request that is run again finds there that it was counted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["counted"] = set()
        await self.app(scope, receive, send)


# Async in any service, because a body can be read in no other way.
async def claimed_account(request: Request) -> str:
    """Return the account that a request names: the `email` of its body, or nothing."""
    try:
        body: Any = await request.json()
        email: str = body["email"]
        # Neither half of a character nor what is no text names an account.
        email.encode()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return ""
    return email


# {% call written_async(concurrency) %}
async def rate_limit_by_email(
    request: Request,
    account: Annotated[str, Depends(claimed_account)],
) -> None:
    """Count an attempt of a stranger at this route. Raises TooManyRequests."""
    await _count(request, account)


async def rate_limit_by_user(request: Request, actor: CurrentUser) -> None:
    """Count an attempt of who is signed in: a stolen sign-in must not serve to guess passwords."""
    await _count(request, f"{actor}")


async def _count(request: Request, account: str) -> None:
    counted: set[str] = request.state.counted
    if account in counted:
        return
    counted.add(account)
    host = request.client.host if request.client else ""
    await request.app.state.limiter.check(request.scope["route"].path, host, account)


RateLimitByEmail = Depends(rate_limit_by_email)
RateLimitByUser = Depends(rate_limit_by_user)
# {% endcall %}
