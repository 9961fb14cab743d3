"""While Redis fails, each process counts for itself, and says so."""

import logging
import socket
import time
from collections.abc import Generator

import pytest
from pydantic import SecretStr

from app.auth.limiter import PATIENCE
from app.config import Settings
from tests.auth.attempts import LET_IN, REFUSED, Caller, build
from tests.live import serve

PASSWORD = "a-password-of-redis"
# Where nobody listens.
NOWHERE = SecretStr(f"redis://:{PASSWORD}@127.0.0.1:1/0")


@pytest.fixture
def silent() -> Generator[SecretStr]:
    """The URL of a Redis that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        yield SecretStr(f"redis://127.0.0.1:{port}/0")


@pytest.mark.parametrize(
    ("email", "allowed"),
    [("someone@example.com", 10), (None, 30)],
    ids=["account", "address"],
)
def test_nobody_is_locked_out_and_nobody_may_try_without_a_limit(
    settings: Settings,
    email: str | None,
    allowed: int,
) -> None:
    with serve(build(settings, redis_url=NOWHERE)) as service:
        statuses = Caller(service, "192.0.2.1").attempts(allowed + 2, email)

    assert statuses == [LET_IN] * allowed + [REFUSED] * 2


def test_the_log_says_so_without_a_password_and_not_for_each_attempt(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serve(build(settings, redis_url=NOWHERE)) as service:
        Caller(service, "192.0.2.1").attempts(3, "someone@example.com")

    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("Redis fails; each process counts attempts for itself: ")
    assert PASSWORD not in caplog.text


def test_a_redis_that_does_not_answer_holds_up_one_attempt_and_no_more(
    settings: Settings,
    silent: SecretStr,
) -> None:
    with serve(build(settings, redis_url=silent)) as service:
        started = time.monotonic()
        statuses = Caller(service, "192.0.2.1").attempts(12, "someone@example.com")
        taken = time.monotonic() - started

    assert statuses == [LET_IN] * 10 + [REFUSED] * 2
    # As long as one attempt waits, and far from as long as all of them would.
    assert PATIENCE <= taken < 6 * PATIENCE
