"""Setup of authentication: state of the app, error handlers, middleware."""

from typing import cast

import anyio
from fastapi import FastAPI, Request
from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.auth.email import MAX_CONCURRENT_MAILS, build_mailer
from app.auth.errors import InvalidField
from app.auth.passwords import Passwords
from app.auth.rate_limit import CountOncePerRequest, RateLimiter
from app.config import Settings
# {% if concurrency == "sync" %}
from app.database.pool import pool_limits
# {% endif %}
from app.error_handlers import FieldError, problem
from app.middleware.headers import SecurityHeaders


def add_auth(app: FastAPI, settings: Settings) -> None:
    """Add what authentication keeps while the service runs, its error handler and middleware."""
    app.state.passwords = Passwords(settings)
    app.state.rate_limiter = RateLimiter(settings)
    app.state.mailer = build_mailer(settings)
    app.state.mail_threads = anyio.CapacityLimiter(MAX_CONCURRENT_MAILS)
    # {% if concurrency == "sync" %}
    # Requests that hash a password get half of the connections at most.
    app.state.hashing_slots = anyio.Semaphore(max(1, sum(pool_limits(settings)) // 2))
    # {% endif %}
    app.add_exception_handler(InvalidField, _invalid_field)
    # Innermost first. The outermost one determines the client's address for all others.
    app.add_middleware(CountOncePerRequest)
    app.add_middleware(SecurityHeaders, https_only=settings.environment == "production")
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)


# Async, so that it takes no thread.
async def _invalid_field(request: Request, error: Exception) -> Response:
    """Respond as for a field that fails validation, so that a form shows the message there."""
    error = cast("InvalidField", error)
    field_error = FieldError(loc=["body", error.field], msg=error.detail, type="value_error")
    detail = f"Not valid: body.{error.field}"
    return problem(request.scope["path"], error.status_code, detail, errors=[field_error])
