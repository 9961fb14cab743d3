# {% from "extensions/written_async.jinja" import written_async %}
"""Rate limits of routes that take passwords, tokens or email addresses.

Each limit counts per account, so that no password is guessed, and per client address:

    @router.post("/login", dependencies=[rate_limit_by_email])

`rate_limit_by_email` counts for the email in the body, `rate_limit_by_user` for the logged-in user
who enters the password again. Both run before the route: a refused attempt costs no hash.

With REDIS_URL all processes count together. While Redis fails, each process counts for itself and
logs it: neither a lockout nor a gap.
"""

import logging
import time
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from threading import Lock
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from limits import RateLimitItem, WindowStats, parse
# {% if concurrency == "async" %}
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as RedisWindows
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter as MemoryWindows
# {% else %}
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter as MemoryWindows
from limits.strategies import MovingWindowRateLimiter as RedisWindows
# {% endif %}
from starlette.types import ASGIApp, Receive, Scope, Send

from app.auth.dependencies import CurrentUser
from app.auth.security_log import log_security_event
from app.auth.tokens import digest_of
from app.config import Settings
from app.errors import TooManyRequests

logger = logging.getLogger(__name__)

REDIS_TIMEOUT_SECONDS = 1
# After a failure Redis is not asked for this long.
REDIS_PAUSE_SECONDS = 10
# Keys to hold in memory before unused ones are removed.
MIN_MEMORY_KEYS = 1000


class MemoryRateLimit:
    """Counts in the memory of this process. It never waits, so async code can call it."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.windows = MemoryWindows(self.storage)
        # The library locks each key, but two threads that are first get a lock each.
        self.lock = Lock()
        self.max_keys = MIN_MEMORY_KEYS

    def hit(self, limit: RateLimitItem, key: str) -> int:
        """Count an attempt. Return 0, or the seconds until the next one is allowed."""
        with self.lock:
            self._remove_unused_keys()
            if self.windows.hit(limit, key):
                return 0
            return seconds_until_reset(self.windows.get_window_stats(limit, key))

    def _remove_unused_keys(self) -> None:
        """Remove keys without attempts. The library keeps all, and an attacker would fill them."""
        events = self.storage.events
        if len(events) <= self.max_keys:
            return
        for key in [key for key, attempts in events.items() if not attempts]:
            self.storage.clear(key)
        self.max_keys = max(MIN_MEMORY_KEYS, 2 * len(events))


# {% call written_async(concurrency) %}
class RateLimiter:
    """Counts attempts in moving windows, in memory or in Redis."""

    def __init__(self, settings: Settings) -> None:
        self.per_account = parse(settings.rate_limit_per_account)
        self.per_address = parse(settings.rate_limit_per_address)
        self.memory = MemoryRateLimit()
        self.redis = open_redis(settings)
        self.redis_paused_until = 0.0

    async def check(self, path: str, host: str, account: str = "") -> None:
        """Count an attempt on a path from an address, and on an account if there is one.

        Raises TooManyRequests. Attempts beyond the limit of an address do not count for the
        account. Addresses and accounts are stored as digests.
        """
        wait = await self._hit(self.per_address, f"{path} from {client_of(host)}")
        if account and not wait:
            wait = await self._hit(self.per_account, f"{path} at {account.strip().lower()}")
        if wait:
            log_security_event("excess_rate_limit_exceeded", f"{host} at {path}")
            raise TooManyRequests(wait)

    async def _hit(self, limit: RateLimitItem, subject: str) -> int:
        key = digest_of(subject)
        if self.redis is None or time.monotonic() < self.redis_paused_until:
            return self.memory.hit(limit, key)
        try:
            wait = await hit_redis(self.redis, limit, key)
        except StorageError as error:
            self.redis_paused_until = time.monotonic() + REDIS_PAUSE_SECONDS
            cause = error.storage_error
            logger.warning("Redis fails; each process counts attempts for itself: %s", cause)
            return self.memory.hit(limit, key)
        return wait


async def hit_redis(windows: RedisWindows, limit: RateLimitItem, key: str) -> int:
    """Count an attempt in Redis. Return 0, or the seconds until the next one is allowed."""
    allowed = await windows.hit(limit, key)
    if allowed:
        return 0
    window = await windows.get_window_stats(limit, key)
    return seconds_until_reset(window)
# {% endcall %}


def open_redis(settings: Settings) -> RedisWindows | None:
    """Windows in Redis, or None without REDIS_URL. Connects at the first attempt."""
    if settings.redis_url is None:
        return None
    storage = RedisStorage(
        settings.redis_url.get_secret_value(),
        wrap_exceptions=True,
        # {% if concurrency == "async" %}
        implementation="redispy",
        # {% endif %}
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
    return RedisWindows(storage)


def seconds_until_reset(window: WindowStats) -> int:
    """Seconds until the oldest attempt leaves a full window."""
    return max(1, ceil(window.reset_time - time.time()))


def client_of(host: str) -> str:
    """Client to count for: an IPv4 address, or the /64 network of an IPv6 address.

    A client with one IPv6 address usually has the whole network, and could change it each time.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return f"{address}"
    if address.ipv4_mapped is not None:
        return f"{address.ipv4_mapped}"
    return f"{IPv6Network((int(address), 64), strict=False)}"


class CountOncePerRequest:
    """Middleware that remembers what a request was counted for.

    It wraps app/middleware/retry.py, so that a retried request counts once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["counted_accounts"] = set()
        await self.app(scope, receive, send)


# Async, because a body cannot be read otherwise.
async def email_in_body(request: Request) -> str:
    """`email` of the body, or an empty string."""
    try:
        body: Any = await request.json()
        email: str = body["email"]
        # Neither a lone surrogate nor a value other than text is an account.
        email.encode()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return ""
    return email


# {% call written_async(concurrency) %}
async def count_by_email(request: Request, email: Annotated[str, Depends(email_in_body)]) -> None:
    """Count an attempt of an anonymous client. Raises TooManyRequests."""
    await _count(request, email)


async def count_by_user(request: Request, actor: CurrentUser) -> None:
    """Count an attempt of a logged-in user: a stolen session must not serve to guess passwords."""
    await _count(request, f"{actor}")


async def _count(request: Request, account: str) -> None:
    counted: set[str] = request.state.counted_accounts
    if account in counted:
        return
    counted.add(account)
    host = request.client.host if request.client else ""
    await request.app.state.rate_limiter.check(request.scope["route"].path, host, account)


rate_limit_by_email = Depends(count_by_email)
rate_limit_by_user = Depends(count_by_user)


def document_rate_limits(app: FastAPI, document: dict[str, Any], response: dict[str, Any]) -> None:
    """Add 429 to the operations whose routes depend on a rate limit of this module."""
    for route in iter_route_contexts(app.routes):
        guards = getattr(route, "dependencies", [])
        limited = any(guard.dependency.__module__ == __name__ for guard in guards)
        for method in (route.methods or []) if limited else []:
            operation = document["paths"][route.path_format][method.lower()]
            operation["responses"].setdefault("429", response)
# {% endcall %}
