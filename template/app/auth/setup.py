"""What accounts keep beside the database, for as long as the service runs."""

from anyio import CapacityLimiter
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.auth.delivery import MAILS_AT_ONCE
from app.auth.limiter import RateLimiter
from app.auth.mail import build_mailer
from app.auth.passwords import Passwords
from app.auth.problems import add_account_errors
from app.auth.rate_limit import CountOncePerRequest
from app.config import Settings
from app.middleware.headers import SecurityHeaders


def open_accounts(app: FastAPI, settings: Settings) -> None:
    """Give the app what its accounts need."""
    app.state.passwords = Passwords(settings)
    app.state.limiter = RateLimiter(settings)
    app.state.mailer = build_mailer(settings)
    app.state.mail_threads = CapacityLimiter(MAILS_AT_ONCE)
    add_account_errors(app)


def add_protection(app: FastAPI, settings: Settings) -> None:
    """Wrap the app once more. The outermost tells all others from which address a request comes."""
    app.add_middleware(CountOncePerRequest)
    app.add_middleware(SecurityHeaders, https_only=settings.environment == "production")
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
