"""A service with routes that only count attempts, and people who try them."""

from dataclasses import dataclass

from fastapi import FastAPI
from httpx2 import Response

from app.auth.rate_limit import RateLimitByEmail
from app.config import Settings
from app.main import create_app
from tests.live import LiveService

LET_IN = 204
REFUSED = 429
LIMITS = {"rate_limit_per_account": "10/minute", "rate_limit_per_address": "30/minute"}
# The tests are the proxy, so they may say who calls.
BEHIND_A_PROXY = {"trusted_proxies": "127.0.0.1"}
PATHS = ("/try", "/other")


def build(settings: Settings, **changes: object) -> FastAPI:
    """Return the service with these routes, and with settings that differ."""
    app = create_app(settings.model_copy(update={**LIMITS, **BEHIND_A_PROXY, **changes}))
    for path in PATHS:
        app.add_api_route(
            path,
            let_in,
            methods=["POST"],
            dependencies=[RateLimitByEmail],
            status_code=LET_IN,
        )
    return app


def let_in() -> None:
    """Answer an attempt that is not refused."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls from an address."""

    service: LiveService
    host: str

    def attempt(self, email: str | None = None, path: str = "/try") -> Response:
        """Send an attempt, which names an account or not."""
        body = {} if email is None else {"email": email}
        return self.service.client.post(path, json=body, headers={"X-Forwarded-For": self.host})

    def attempts(self, times: int, email: str | None = None, path: str = "/try") -> list[int]:
        """Send attempts one after the other; return the statuses."""
        return [self.attempt(email, path).status_code for _ in range(times)]
