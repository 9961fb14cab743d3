"""The worker beside the requests: nobody waits for it, and nothing but the end stops it."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.config import Settings
from app.main import create_app
from app.outbox.sinks import HANDLERS
from tests.databases import migrated_database
from tests.factories import category_data
from tests.live import LiveService, serve
from tests.outbox.messages import (
    TOPIC,
    Notebook,
    SlowSink,
    attempts,
    recorded,
    waiting,
    write_messages,
)
from tests.patience import PATIENCE_SECONDS, wait_until

QUICK = {"outbox_interval": 0.05}


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """A database of its own, whose worker looks for messages often."""
    with migrated_database() as settings:
        yield settings.model_copy(update=QUICK)


def post(live: LiveService) -> int:
    """Store a category and return its key."""
    response = live.client.post("/categories", json=category_data())
    key: int = response.json()["id"]
    return key


@contextmanager
def outage() -> Generator[list[object]]:
    """Let no transaction begin until the block ends, and give one entry for each attempt."""
    refused: list[object] = []

    def refuse(*_: object) -> None:
        refused.append(1)
        raise RuntimeError("the database is away")

    event.listen(Session, "after_begin", refuse)
    yield refused
    event.remove(Session, "after_begin", refuse)


def test_a_change_is_recorded_while_the_service_runs(database: Settings) -> None:
    with serve(create_app(database)) as live:
        key = post(live)
        live.client.delete(f"/categories/{key}")

        wait_until(lambda: recorded(live.app.state.settings, key) == ["create", "delete"])


def test_no_request_waits_for_a_slow_sink(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink = SlowSink()
    monkeypatch.setitem(HANDLERS, "audit", sink)
    with serve(create_app(database)) as live:
        first = post(live)
        assert sink.started.wait(PATIENCE_SECONDS)
        response = live.client.patch(f"/categories/{first}", json={"name": "Changed"})
        unfinished = waiting(database, "audit")
        sink.released.set()
        wait_until(lambda: not waiting(database, "audit"))

    assert response.status_code == 200
    assert len(unfinished) == 2


def test_the_worker_finishes_the_message_in_hand_when_the_service_ends(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink = SlowSink()
    monkeypatch.setitem(HANDLERS, TOPIC, sink)
    keys = write_messages(database, 2)
    with serve(create_app(database)):
        assert sink.started.wait(PATIENCE_SECONDS)
        # Released only after the service has been told to end.
        timer = threading.Timer(0.3, sink.released.set)
        timer.start()
    timer.join()

    assert waiting(database) == keys[1:]


def test_the_worker_waits_for_the_end_of_an_outage(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notebook = Notebook()
    monkeypatch.setitem(HANDLERS, TOPIC, notebook)
    with serve(create_app(database)):
        with outage() as refused:
            wait_until(lambda: len(refused) > 1)
            keys = write_messages(database, 1)
        wait_until(lambda: notebook.noted[-1:] == keys[-1:])


def test_the_worker_can_be_switched_off(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notebook = Notebook()
    monkeypatch.setitem(HANDLERS, TOPIC, notebook)
    keys = write_messages(database, 1)
    with serve(create_app(database.model_copy(update={"outbox_enabled": False}))):
        time.sleep(0.3)

    assert (notebook.noted, waiting(database)[-1]) == ([], keys[-1])
    assert min(attempts(database)) == 0
