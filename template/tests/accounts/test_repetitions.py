"""A request that is run again, because its transaction came to nothing, is still one attempt."""

from collections.abc import Generator

import pytest

from app.accounts.limited import Limited
from app.config import Settings
from app.middleware import retry
from tests.accounts.attempts import REFUSED, build
from tests.live import LiveService, serve

LIMITS = {"attempts_per_account": "3/minute", "attempts_per_address": "3/minute"}
RUNS = 3
runs: list[str] = []


class RolledBackError(Exception):
    """What a database raises that has stored nothing."""


def fail_twice() -> None:
    """Come to nothing, until the third run of each request."""
    runs.append("run")
    if len(runs) % RUNS:
        raise RolledBackError


def told_failure(error: Exception) -> str | None:
    return "rolled_back" if isinstance(error, RolledBackError) else None


@pytest.fixture
def service(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Generator[LiveService]:
    """A service whose routes come to nothing at first."""
    monkeypatch.setattr(retry, "find_failure", told_failure)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    runs.clear()
    app = build(settings, **LIMITS)
    app.add_api_route("/again", fail_twice, methods=["POST"], dependencies=[Limited])
    with serve(app) as live:
        yield live


@pytest.mark.parametrize("body", [{}, {"email": "ada@example.com"}], ids=["address", "account"])
def test_an_attempt_counts_once(service: LiveService, body: dict[str, str]) -> None:
    responses = [service.client.post("/again", json=body) for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, REFUSED]
    assert len(runs) == 3 * RUNS
