# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How often somebody may try: per account, so that no password is guessed, and per address.

Where REDIS_URL is set, all processes count together. While Redis fails, each process counts for
itself and says so in the log: nobody is locked out, and nobody may try without a limit.
"""

import logging
import time

from limits import RateLimitItem, parse
# {% if concurrency == "async" %}
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
# {% endif %}
from limits.errors import StorageError
# {% if concurrency == "sync" %}
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
# {% endif %}

from app.auth.counting import MemoryCounter, client_of, seconds_until_free
from app.auth.events import SecurityEvent, log_security_event
from app.auth.tokens import digest_of
from app.config import Settings
from app.errors import TooManyRequests

logger = logging.getLogger(__name__)

# How long Redis may take to answer, and how long it is left alone after it did not, in seconds.
PATIENCE = 1
PAUSE = 10


class RateLimiter:
    """Counts attempts in windows that move with time, in memory or in Redis."""

    def __init__(self, settings: Settings) -> None:
        self.per_account = parse(settings.rate_limit_per_account)
        self.per_address = parse(settings.rate_limit_per_address)
        self.memory = MemoryCounter()
        self.shared = open_shared(settings)
        self.shared_from = 0.0

    async def check(self, where: str, host: str, account: str = "") -> None:
        """Count an attempt at one place, from an address, at an account if it names one.

        Raises TooManyRequests. What the address may not try does not count for the account, and
        neither is stored as it is.
        """
        wait = await self._take(self.per_address, f"{where} from {client_of(host)}")
        if account and not wait:
            wait = await self._take(self.per_account, f"{where} at {account.strip().lower()}")
        if wait:
            log_security_event(SecurityEvent.LIMITED, f"{host} at {where}")
            raise TooManyRequests(wait)

    async def _take(self, limit: RateLimitItem, who: str) -> int:
        key = digest_of(who)
        if self.shared is None or time.monotonic() < self.shared_from:
            return self.memory.take(limit, key)
        try:
            wait = await take_shared(self.shared, limit, key)
        except StorageError as error:
            self.shared_from = time.monotonic() + PAUSE
            cause = error.storage_error
            logger.warning("Redis fails; each process counts attempts for itself: %s", cause)
            return self.memory.take(limit, key)
        return wait


def open_shared(settings: Settings) -> MovingWindowRateLimiter | None:
    """Return what counts in Redis, or None without a Redis. Nothing is connected yet."""
    if settings.redis_url is None:
        return None
    storage = RedisStorage(
        settings.redis_url.get_secret_value(),
        wrap_exceptions=True,
        # {% if concurrency == "async" %}
        implementation="redispy",
        # {% endif %}
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
    )
    return MovingWindowRateLimiter(storage)


async def take_shared(shared: MovingWindowRateLimiter, limit: RateLimitItem, key: str) -> int:
    """Count an attempt in Redis. Return 0, or in how many seconds the next one is free."""
    allowed = await shared.hit(limit, key)
    if allowed:
        return 0
    window = await shared.get_window_stats(limit, key)
    return seconds_until_free(window)
# {% endcall %}
