"""A window moves with time, and what has left it is forgotten."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import SimpleNamespace

import pytest
from limits import RateLimitItem, parse
from limits.storage import memory

from app.auth import counting
from app.auth.counting import MemoryCounter, client_of


class Clock:
    """A time that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in (memory, counting):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=self.time))

    def time(self) -> float:
        """Return the time that is set."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_an_attempt_is_free_again_when_the_oldest_one_leaves_the_window(clock: Clock) -> None:
    counter, limit = MemoryCounter(), parse("2/minute")
    waits: list[int] = []

    for now in (1000, 1040, 1050, 1061, 1062, 1101):
        clock.now = now
        waits.append(counter.take(limit, "someone"))

    # A window that begins anew each minute would let in three within 22 seconds.
    assert waits == [0, 0, 10, 0, 38, 0]


def test_keys_without_attempts_are_forgotten(clock: Clock) -> None:
    counter, limit = MemoryCounter(), parse("2/minute")
    for number in range(counting.FEW + 1):
        counter.take(limit, f"{number}")
    clock.now += 61
    # What the library does of itself, a little later.
    events = counter.storage.events
    for key in events:
        events[key] = []

    counter.take(limit, "somebody else")

    assert len(events) == 1


def test_threads_count_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    counter, busy = MemoryCounter(), Lock()

    def hit(_limit: RateLimitItem, _key: str) -> bool:
        alone = busy.acquire(blocking=False)
        time.sleep(0.01)
        if alone:
            busy.release()
        return alone

    monkeypatch.setattr(counter.windows, "hit", hit)
    with ThreadPoolExecutor(5) as pool:
        waits = list(pool.map(counter.take, [parse("2/minute")] * 5, "abcde"))

    assert waits == [0] * 5


@pytest.mark.parametrize("host", ["", "unix:", "not an address", "fe80::1%eth0"])
def test_what_is_no_plain_address_is_a_client_too(host: str) -> None:
    assert client_of(host) in {host, "fe80::/64"}
