"""Whoever tries too often is told to wait: at one account, and from one address."""

import logging
import time
from collections.abc import Generator

import pytest
from httpx2 import Response

from app.config import Settings
from tests.auth.attempts import LET_IN, REFUSED, Caller, build
from tests.live import LiveService, serve

# Bodies that name no account, though some look as if they did.
NAMELESS = {
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
    with serve(build(settings)) as live:
        yield live


@pytest.fixture(scope="module")
def strict(settings: Settings) -> Generator[LiveService]:
    """A service where one attempt from an address is all."""
    with serve(build(settings, rate_limit_per_address="1/minute")) as live:
        yield live


def test_the_eleventh_attempt_at_an_account_is_refused(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.1")

    first = caller.attempts(10, "first@example.com")
    eleventh = caller.attempt("first@example.com")

    assert first == [LET_IN] * 10
    assert eleventh.status_code == REFUSED
    assert eleventh.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(eleventh.headers["Retry-After"]) <= 60
    assert eleventh.json()["detail"].startswith("Too many attempts.")


def test_another_account_is_not_affected(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.2")
    caller.attempts(11, "guessed@example.com")

    assert caller.attempts(1, "another@example.com") == [LET_IN]


def test_another_route_counts_for_itself(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.3")
    caller.attempts(11, "routes@example.com")

    assert caller.attempts(1, "routes@example.com", path="/other") == [LET_IN]


def test_an_account_is_the_same_in_any_case_and_from_anywhere(service: LiveService) -> None:
    spellings = ("some@example.com", "Some@Example.com", " SOME@EXAMPLE.COM ")
    callers = [Caller(service, f"192.0.2.{number}") for number in range(10, 14)]

    statuses = [one.attempt(name).status_code for one in callers for name in spellings]

    assert statuses == [LET_IN] * 10 + [REFUSED] * 2


def test_an_address_is_refused_whichever_accounts_it_tries(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.20")
    accounts = [f"{number}@example.com" for number in range(31)]

    statuses = [caller.attempt(account).status_code for account in accounts]

    assert statuses == [LET_IN] * 30 + [REFUSED]
    assert Caller(service, "192.0.2.21").attempts(1) == [LET_IN]


def test_what_an_address_may_not_try_does_not_count_for_the_account(service: LiveService) -> None:
    caller = Caller(service, "192.0.2.25")
    caller.attempts(30)

    assert caller.attempts(10, "victim@example.com") == [REFUSED] * 10
    assert Caller(service, "192.0.2.26").attempts(10, "victim@example.com") == [LET_IN] * 10


@pytest.mark.parametrize("name", NAMELESS)
def test_a_body_without_an_account_counts_for_the_address(strict: LiveService, name: str) -> None:
    headers = {"X-Forwarded-For": f"nobody, 198.51.100.{list(NAMELESS).index(name)}"}

    first = strict.client.post("/try", content=NAMELESS[name], headers=headers)
    second = strict.client.post("/try", content=NAMELESS[name], headers=headers)

    assert (first.status_code, second.status_code) == (LET_IN, REFUSED)


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", REFUSED),
        ("2001:db8:0:2::1", "2001:db8:0:3::1", LET_IN),
        ("203.0.113.1", "::ffff:203.0.113.1", REFUSED),
        ("203.0.113.2", "203.0.113.3", LET_IN),
    ],
    ids=["one network", "two networks", "one address in two forms", "two addresses"],
)
def test_who_has_a_network_of_ipv6_is_one_client(
    strict: LiveService,
    one: str,
    other: str,
    status: int,
) -> None:
    assert Caller(strict, one).attempts(1) == [LET_IN]
    assert Caller(strict, other).attempts(1) == [status]


@pytest.mark.parametrize("what", ["account", "address"])
def test_of_many_attempts_at_once_exactly_as_many_get_through_as_are_allowed(
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
    assert statuses == [LET_IN] * allowed + [REFUSED] * 20


def test_who_waits_as_long_as_they_are_told_may_try_again(settings: Settings) -> None:
    with serve(build(settings, rate_limit_per_account="1/2 seconds")) as service:
        caller = Caller(service, "192.0.2.40")
        caller.attempt("patient@example.com")
        refused = caller.attempt("patient@example.com")
        time.sleep(int(refused.headers["Retry-After"]))
        later = caller.attempt("patient@example.com")

    assert (refused.status_code, later.status_code) == (REFUSED, LET_IN)
    assert refused.headers["Retry-After"] in {"1", "2"}


def test_a_refused_attempt_is_logged_with_its_address_and_not_with_its_account(
    service: LiveService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    Caller(service, "192.0.2.50").attempts(11, "secret@example.com")

    events = [one.getMessage() for one in caplog.records if one.name == "app.auth.events"]
    assert events == ["too many attempts: 192.0.2.50 at /try"]
    assert "secret@example.com" not in caplog.text
