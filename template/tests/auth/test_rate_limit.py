"""Rate limits: per account and per address, in memory and while Redis fails."""

import logging
import socket
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import SimpleNamespace

import pytest
from httpx2 import Response
from limits import RateLimitItem, parse
from limits.storage import memory
from pydantic import SecretStr

from app.auth import rate_limit
from app.auth.dependencies import SessionFactoryDep
from app.auth.rate_limit import (
    REDIS_TIMEOUT_SECONDS,
    MemoryRateLimit,
    client_of,
    rate_limit_by_email,
)
from app.config import Settings
from app.middleware import retry
from tests.auth.doubles import ALLOWED, REFUSED, Caller, build_limited_app
from tests.live import LiveService, serve

THREE_ATTEMPTS = {"rate_limit_per_account": "3/minute", "rate_limit_per_address": "3/minute"}
RUNS = 3
runs: list[str] = []
REDIS_PASSWORD = "a-password-of-redis"
# A port where nothing listens.
NOWHERE = SecretStr(f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0")
# Bodies without an email, although some look as if they had one.
BODIES_WITHOUT_EMAIL = {
    "empty": b"",
    "list": b"[]",
    "broken": b"{",
    "text": b'"a@example.com"',
    "number": b'{"email": 1}',
    "null": b'{"email": null}',
    "no text": b"\xff",
    "deep": b"[" * 100_000,
}


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    with serve(build_limited_app(settings)) as live:
        yield live


@pytest.fixture(scope="module")
def strict(settings: Settings) -> Generator[LiveService]:
    """A service that allows one attempt per address."""
    with serve(build_limited_app(settings, rate_limit_per_address="1/minute")) as live:
        yield live


def test_the_eleventh_attempt_at_an_account_is_429(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.1")

    first = caller.attempts(10, "first@example.com")
    eleventh = caller.attempt("first@example.com")

    assert first == [ALLOWED] * 10
    assert eleventh.status_code == REFUSED
    assert eleventh.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(eleventh.headers["Retry-After"]) <= 60
    assert eleventh.json()["detail"].startswith("Too many attempts.")


def test_another_account_is_not_affected(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.2")
    caller.attempts(11, "guessed@example.com")

    assert caller.attempts(1, "another@example.com") == [ALLOWED]


def test_each_route_has_its_own_count(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.3")
    caller.attempts(11, "routes@example.com")

    assert caller.attempts(1, "routes@example.com", path="/other") == [ALLOWED]


def test_emails_are_counted_case_insensitively_and_across_addresses(service: LiveService) -> None:
    spellings = ("some@example.com", "Some@Example.com", " SOME@EXAMPLE.COM ")
    callers = [Caller(service, f"192.0.2.{number}") for number in range(10, 14)]

    statuses = [one.attempt(name).status_code for one in callers for name in spellings]

    assert statuses == [ALLOWED] * 10 + [REFUSED] * 2


def test_an_address_is_limited_across_accounts(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.20")
    accounts = [f"{number}@example.com" for number in range(31)]

    statuses = [caller.attempt(account).status_code for account in accounts]

    assert statuses == [ALLOWED] * 30 + [REFUSED]
    assert Caller(service, "192.0.2.21").attempts(1) == [ALLOWED]


def test_a_refused_address_does_not_use_up_the_limit_of_an_account(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.25")
    caller.attempts(30)

    assert caller.attempts(10, "victim@example.com") == [REFUSED] * 10
    assert Caller(service, "192.0.2.26").attempts(10, "victim@example.com") == [ALLOWED] * 10


@pytest.mark.parametrize("name", BODIES_WITHOUT_EMAIL)
def test_a_body_without_an_email_counts_for_the_address(strict: LiveService, name: str) -> None:
    headers = {"X-Forwarded-For": f"unknown, 198.51.100.{list(BODIES_WITHOUT_EMAIL).index(name)}"}

    first = strict.client.post("/try", content=BODIES_WITHOUT_EMAIL[name], headers=headers)
    second = strict.client.post("/try", content=BODIES_WITHOUT_EMAIL[name], headers=headers)

    assert (first.status_code, second.status_code) == (ALLOWED, REFUSED)


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", REFUSED),
        ("2001:db8:0:2::1", "2001:db8:0:3::1", ALLOWED),
        ("203.0.113.1", "::ffff:203.0.113.1", REFUSED),
        ("203.0.113.2", "203.0.113.3", ALLOWED),
    ],
    ids=["one network", "two networks", "one address in two forms", "two addresses"],
)
def test_an_ipv6_network_is_one_client(
    strict: LiveService,
    one: str,
    other: str,
    status: int,
) -> None:
    assert Caller(strict, one).attempts(1) == [ALLOWED]
    assert Caller(strict, other).attempts(1) == [status]


@pytest.mark.parametrize("what", ["account", "address"])
def test_simultaneous_attempts_are_counted_exactly(
    service: LiveService,
    what: str,
) -> None:
    allowed = 10 if what == "account" else 30

    def attempt(number: int) -> Response:
        host = "192.0.2.30" if what == "address" else f"198.51.100.{number}"
        account = "many@example.com" if what == "account" else None
        return Caller(service, host).attempt(account)

    responses = service.at_once(attempt, allowed + 20)

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [ALLOWED] * allowed + [REFUSED] * 20


def test_a_client_that_waits_for_retry_after_is_allowed_again(settings: Settings) -> None:
    with serve(build_limited_app(settings, rate_limit_per_account="1/2 seconds")) as service:
        caller = Caller(service, "192.0.2.40")
        caller.attempt("patient@example.com")
        refused = caller.attempt("patient@example.com")
        time.sleep(int(refused.headers["Retry-After"]))
        later = caller.attempt("patient@example.com")

    assert (refused.status_code, later.status_code) == (REFUSED, ALLOWED)
    assert refused.headers["Retry-After"] in {"1", "2"}


def test_a_refused_attempt_is_logged_with_its_address_but_without_the_email(
    service: LiveService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    Caller(service, "192.0.2.50").attempts(11, "secret@example.com")

    events = [one.getMessage() for one in caplog.records if one.name == "app.auth.security_log"]
    assert events == ["excess_rate_limit_exceeded: 192.0.2.50 at /try"]
    assert "secret@example.com" not in caplog.text


class Clock:
    """A clock that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in (memory, rate_limit):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=self.time))

    def time(self) -> float:
        """Time that is set."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_window_slides(clock: Clock) -> None:
    counter, limit = MemoryRateLimit(), parse("2/minute")
    waits: list[int] = []

    for now in (1000, 1040, 1050, 1061, 1062, 1101):
        clock.now = now
        waits.append(counter.hit(limit, "someone"))

    # A fixed window would allow three within 22 seconds.
    assert waits == [0, 0, 10, 0, 38, 0]


def test_keys_without_attempts_are_removed_from_memory(clock: Clock) -> None:
    counter, limit = MemoryRateLimit(), parse("2/minute")
    for number in range(rate_limit.MIN_MEMORY_KEYS + 1):
        counter.hit(limit, f"{number}")
    clock.now += 61
    # The library empties old keys by itself, a little later.
    events = counter.storage.events
    for key in events:
        events[key] = []

    counter.hit(limit, "another")

    assert len(events) == 1


def test_threads_count_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    counter, busy = MemoryRateLimit(), Lock()

    def hit(_limit: RateLimitItem, _key: str) -> bool:
        alone = busy.acquire(blocking=False)
        time.sleep(0.01)
        if alone:
            busy.release()
        return alone

    monkeypatch.setattr(counter.windows, "hit", hit)
    with ThreadPoolExecutor(5) as pool:
        waits = list(pool.map(counter.hit, [parse("2/minute")] * 5, "abcde"))

    assert waits == [0] * 5


@pytest.mark.parametrize("host", ["", "unix:", "not an address", "fe80::1%eth0"])
def test_a_host_without_a_plain_address_is_a_client_too(host: str) -> None:
    assert client_of(host) in {host, "fe80::/64"}


class RolledBackError(Exception):
    """An error of a database that has rolled back."""


class LostError(Exception):
    """An error of a driver that has lost its connection."""


def fail_twice() -> None:
    """Fail until the third run of each request."""
    runs.append("run")
    if len(runs) % RUNS:
        raise RolledBackError


def lose_the_connection(_sessions: SessionFactoryDep) -> None:
    """Fail as during one of several commits."""
    runs.append("run")
    raise LostError


def fake_transient_failure(error: Exception) -> str | None:
    failures: dict[type[Exception], str] = {RolledBackError: "rolled_back", LostError: "lost"}
    return failures.get(type(error))


@pytest.fixture
def failing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Generator[LiveService]:
    """A service whose routes fail at first."""
    monkeypatch.setattr(retry, "transient_failure", fake_transient_failure)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    runs.clear()
    app = build_limited_app(settings, **THREE_ATTEMPTS)
    app.add_api_route("/again", fail_twice, methods=["POST"], dependencies=[rate_limit_by_email])
    app.add_api_route("/lost", lose_the_connection, methods=["POST"])
    with serve(app) as live:
        yield live


@pytest.mark.parametrize("body", [{}, {"email": "ada@example.com"}], ids=["address", "account"])
def test_a_retried_request_counts_once(failing: LiveService, body: dict[str, str]) -> None:
    responses = [failing.client.post("/again", json=body) for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, REFUSED]
    assert len(runs) == 3 * RUNS


def test_a_request_with_an_unknown_outcome_is_not_retried(failing: LiveService) -> None:
    response = failing.client.post("/lost")

    assert response.status_code == 500
    assert len(runs) == 1


@pytest.fixture
def silent() -> Generator[SecretStr]:
    """URL of a Redis that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        yield SecretStr(f"redis://127.0.0.1:{port}/0")


@pytest.mark.parametrize(
    ("email", "allowed"),
    [("someone@example.com", 10), (None, 30)],
    ids=["account", "address"],
)
def test_each_process_counts_by_itself_while_redis_fails(
    settings: Settings,
    email: str | None,
    allowed: int,
) -> None:
    with serve(build_limited_app(settings, redis_url=NOWHERE)) as service:
        statuses = Caller(service, "192.0.2.1").attempts(allowed + 2, email)

    assert statuses == [ALLOWED] * allowed + [REFUSED] * 2


def test_a_failing_redis_is_logged_once_and_without_its_password(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serve(build_limited_app(settings, redis_url=NOWHERE)) as service:
        Caller(service, "192.0.2.1").attempts(3, "someone@example.com")

    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("Redis fails; each process counts attempts for itself: ")
    assert REDIS_PASSWORD not in caplog.text


def test_a_silent_redis_delays_one_attempt_only(
    settings: Settings,
    silent: SecretStr,
) -> None:
    with serve(build_limited_app(settings, redis_url=silent)) as service:
        started = time.monotonic()
        statuses = Caller(service, "192.0.2.1").attempts(12, "someone@example.com")
        taken = time.monotonic() - started

    assert statuses == [ALLOWED] * 10 + [REFUSED] * 2
    # One attempt waits for the timeout; all twelve would take far longer.
    assert REDIS_TIMEOUT_SECONDS <= taken < 6 * REDIS_TIMEOUT_SECONDS
