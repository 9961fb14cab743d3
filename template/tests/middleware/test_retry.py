"""A request whose transaction failed transiently is retried, and no other one."""

from typing import Any

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.middleware import retry
from app.middleware.retry import Recording, Retry, may_repeat, pause

PARTS: list[Message] = [
    {"type": "http.request", "body": b"\x00first", "more_body": True},
    {"type": "http.request", "body": b"second", "more_body": False},
]


class RolledBackError(Exception):
    """What a database raises that has stored nothing."""


class LostError(Exception):
    """What a driver raises whose connection is gone."""


class Application:
    """An application that fails some times before it answers; it keeps what it receives."""

    def __init__(self, *failures: Exception, note: dict[str, Any] | None = None) -> None:
        self.failures = list(failures)
        self.note = note or {}
        self.bodies: list[bytes] = []
        self.states: list[dict[str, Any]] = []
        self.answers_first = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fail, or answer."""
        self.states.append(dict(scope["state"]))
        scope["state"].update(self.note)
        self.bodies.append(await read(receive))
        if self.answers_first:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.failures:
            raise self.failures.pop(0)
        await send({"type": "http.response.start", "status": 201, "headers": []})


async def read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message["body"]
        body += part
        if not message["more_body"]:
            return body


def told_failure(error: Exception) -> str | None:
    kinds: dict[type[Exception], str] = {RolledBackError: "rolled_back", LostError: "lost"}
    return kinds.get(type(error))


@pytest.fixture(autouse=True)
def _failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests need no database to raise its errors, and no time to wait."""
    monkeypatch.setattr(retry, "transient_failure", told_failure)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)


def call(app: Application, retries: int = 3) -> list[Message]:
    """Send a request in two parts; return what is sent back."""
    return anyio.run(_call, Retry(app, retries=retries))


async def _call(app: Retry) -> list[Message]:
    sent: list[Message] = []
    parts = iter(PARTS)

    async def receive() -> Message:
        return next(parts)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "method": "POST", "state": {"given": 1}}, receive, send)
    return sent


def test_a_request_is_run_again_with_the_same_body_and_a_fresh_state() -> None:
    app = Application(RolledBackError("1"), LostError("2"), note={"seen": True})

    sent = call(app)

    assert [message["status"] for message in sent] == [201]
    assert app.bodies == [b"\x00firstsecond"] * 3
    assert app.states == [{"given": 1}] * 3


def test_a_request_is_run_again_also_for_an_error_that_says_nothing() -> None:
    app = Application(RolledBackError())

    sent = call(app)

    assert [message["status"] for message in sent] == [201]


def test_who_loses_patience_for_a_message_gets_it_by_asking_again() -> None:
    received = anyio.run(_receive_impatiently)

    assert received == PARTS[0]


async def _receive_impatiently() -> Message:
    arrivals = 0

    async def arrive_late() -> Message:
        nonlocal arrivals
        arrivals += 1
        if arrivals == 1:
            await anyio.sleep_forever()
        return PARTS[0]

    receive = Recording(arrive_late).replay()
    with anyio.move_on_after(0.01):
        await receive()
    return await receive()


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_it_is_run_again_as_often_as_is_set_and_then_fails(retries: int) -> None:
    failures = [RolledBackError(f"{number}") for number in range(9)]
    app = Application(*failures)

    with pytest.raises(RolledBackError, match=f"^{retries}$"):
        call(app, retries=retries)

    assert len(app.bodies) == retries + 1


def test_it_is_not_run_again_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "MAX_RETRY_SECONDS", -1)
    app = Application(RolledBackError("1"))

    with pytest.raises(RolledBackError):
        call(app)

    assert len(app.bodies) == 1


def test_it_is_not_run_again_once_an_answer_has_begun() -> None:
    app = Application(RolledBackError("1"))
    app.answers_first = True

    with pytest.raises(RolledBackError):
        call(app)

    assert len(app.bodies) == 1


def test_an_error_that_would_come_again_is_raised_at_once() -> None:
    app = Application(ValueError("always"))

    with pytest.raises(ValueError, match="always"):
        call(app)

    assert len(app.bodies) == 1


@pytest.mark.parametrize(
    ("error", "method", "note", "again"),
    [
        (RolledBackError(), "POST", {"commit_sent": True}, True),
        (LostError(), "POST", {}, True),
        (LostError(), "POST", {"commit_sent": True}, False),
        (LostError(), "DELETE", {"commit_sent": True, "repeatable": False}, False),
        (LostError(), "POST", {"commit_sent": True, "repeatable": True}, True),
        (LostError(), "GET", {"commit_sent": True}, True),
        (ValueError(), "GET", {}, False),
    ],
)
def test_a_change_that_may_be_stored_is_repeated_only_where_it_does_no_harm(
    *,
    error: Exception,
    method: str,
    note: dict[str, Any],
    again: bool,
) -> None:
    assert may_repeat(error, method, note) is again


def test_each_pause_is_longer_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.02)
    for number in range(5):
        assert 0.01 * 2**number <= pause(number) <= 0.02 * 2**number
    assert 0.5 <= pause(50) <= 1
