"""How attempts are counted: by whom, in which window, and in the memory of this process."""

import time
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from threading import Lock

from limits import RateLimitItem, WindowStats
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# So many keys are kept before any is forgotten.
FEW = 1000


class MemoryCounter:
    """Counts for this process alone. It never waits, so async code may call it too."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.windows = MovingWindowRateLimiter(self.storage)
        # The library has a lock per key, but two of them where two threads are the first ones.
        self.lock = Lock()
        self.most = FEW

    def take(self, limit: RateLimitItem, key: str) -> int:
        """Count an attempt. Return 0, or in how many seconds the next one is free."""
        with self.lock:
            self._forget()
            if self.windows.hit(limit, key):
                return 0
            return seconds_until_free(self.windows.get_window_stats(limit, key))

    def _forget(self) -> None:
        """Drop keys without attempts. The library keeps all, so guessing would fill the memory."""
        events = self.storage.events
        if len(events) <= self.most:
            return
        for key in [key for key, attempts in events.items() if not attempts]:
            self.storage.clear(key)
        self.most = max(FEW, 2 * len(events))


def seconds_until_free(window: WindowStats) -> int:
    """Return in how many seconds the oldest attempt leaves a full window."""
    return max(1, ceil(window.reset_time - time.time()))


def client_of(host: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network of an IPv6 address.

    Whoever has one IPv6 address has all of its network, and could call from another each time.
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
