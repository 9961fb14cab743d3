"""A request that is run again is one attempt; one that may have committed is not run again."""

from collections.abc import Generator

import pytest

from app.auth.rate_limit import RateLimitByEmail
from app.auth.short_sessions import SessionFactoryDep
from app.config import Settings
from app.middleware import retry
from tests.auth.attempts import REFUSED, build
from tests.live import LiveService, serve

LIMITS = {"rate_limit_per_account": "3/minute", "rate_limit_per_address": "3/minute"}
RUNS = 3
runs: list[str] = []


class RolledBackError(Exception):
    """What a database raises that has stored nothing."""


class LostError(Exception):
    """What a driver raises when the connection is gone."""


def fail_twice() -> None:
    """Come to nothing, until the third run of each request."""
    runs.append("run")
    if len(runs) % RUNS:
        raise RolledBackError


def lose_the_connection(_sessions: SessionFactoryDep) -> None:
    """Fail as if it happened during one of several commits."""
    runs.append("run")
    raise LostError


def told_failure(error: Exception) -> str | None:
    failures: dict[type[Exception], str] = {RolledBackError: "rolled_back", LostError: "lost"}
    return failures.get(type(error))


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Generator[LiveService]:
    """A service whose routes come to nothing at first."""
    monkeypatch.setattr(retry, "transient_failure", told_failure)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    runs.clear()
    app = build(settings, **LIMITS)
    app.add_api_route("/again", fail_twice, methods=["POST"], dependencies=[RateLimitByEmail])
    app.add_api_route("/lost", lose_the_connection, methods=["POST"])
    with serve(app) as live:
        yield live


@pytest.mark.parametrize("body", [{}, {"email": "ada@example.com"}], ids=["address", "account"])
def test_an_attempt_counts_once(service: LiveService, body: dict[str, str]) -> None:
    responses = [service.client.post("/again", json=body) for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, REFUSED]
    assert len(runs) == 3 * RUNS


def test_what_may_have_been_stored_is_not_done_again(service: LiveService) -> None:
    response = service.client.post("/lost")

    assert response.status_code == 500
    assert len(runs) == 1
