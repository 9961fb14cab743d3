"""Outbox worker beside the requests."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.config import Settings
from app.main import create_app
from app.outbox.dispatcher import HANDLERS
from tests.databases import migrated_database
from tests.live import TIMEOUT_SECONDS, LiveService, serve, wait_until
from tests.outbox.messages import (
    TOPIC,
    BlockingHandler,
    RecordingHandler,
    attempts,
    recorded,
    waiting,
    write_messages,
)
from tests.shop.factories import category_data

QUICK = {"outbox_interval": 0.05}


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """Database of its own, polled often by the worker."""
    with migrated_database() as settings:
        yield settings.model_copy(update=QUICK)


def post(live: LiveService) -> int:
    """Store a category; return its id."""
    response = live.staff_client.post("/categories", json=category_data())
    key: int = response.json()["id"]
    return key


@contextmanager
def outage() -> Generator[list[object]]:
    """Fail every transaction until the block ends; collect one entry per attempt."""
    refused: list[object] = []

    def refuse(*_: object) -> None:
        refused.append(1)
        raise RuntimeError("the database is away")

    event.listen(Session, "after_begin", refuse)
    yield refused
    event.remove(Session, "after_begin", refuse)


def test_change_is_recorded_while_the_service_runs(database: Settings) -> None:
    with serve(create_app(database)) as live:
        key = post(live)
        live.staff_client.delete(f"/categories/{key}")

        wait_until(lambda: recorded(live.app.state.settings, key) == ["create", "delete"])


def test_requests_do_not_wait_for_a_slow_handler(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = BlockingHandler()
    monkeypatch.setitem(HANDLERS, "audit", handler)
    with serve(create_app(database)) as live:
        first = post(live)
        assert handler.started.wait(TIMEOUT_SECONDS)
        response = live.staff_client.patch(f"/categories/{first}", json={"name": "Changed"})
        unfinished = waiting(database, "audit")
        handler.released.set()
        wait_until(lambda: not waiting(database, "audit"))

    assert response.status_code == 200
    assert len(unfinished) == 2


def test_worker_finishes_its_message_at_shutdown(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = BlockingHandler()
    monkeypatch.setitem(HANDLERS, TOPIC, handler)
    keys = write_messages(database, 2)
    with serve(create_app(database)):
        assert handler.started.wait(TIMEOUT_SECONDS)
        # Released only after shutdown has started.
        timer = threading.Timer(0.3, handler.released.set)
        timer.start()
    timer.join()

    assert waiting(database) == keys[1:]


def test_worker_survives_a_database_outage(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = RecordingHandler()
    monkeypatch.setitem(HANDLERS, TOPIC, handler)
    with serve(create_app(database)):
        with outage() as refused:
            wait_until(lambda: len(refused) > 1)
            keys = write_messages(database, 1)
        wait_until(lambda: handler.handled[-1:] == keys[-1:])


def test_worker_can_be_disabled(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = RecordingHandler()
    monkeypatch.setitem(HANDLERS, TOPIC, handler)
    keys = write_messages(database, 1)
    with serve(create_app(database.model_copy(update={"outbox_enabled": False}))):
        time.sleep(0.3)

    assert (handler.handled, waiting(database)[-1]) == ([], keys[-1])
    assert min(attempts(database)) == 0
