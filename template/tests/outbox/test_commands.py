"""`app outbox run` in a process of its own, which can die without losing messages."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings, load_settings
from app.outbox.dispatcher import HANDLERS
from app.outbox.worker import run_once
from tests.databases import migrated_database, unreachable
from tests.live import TIMEOUT_SECONDS, wait_until
from tests.outbox.messages import TOPIC, RecordingHandler, attempts, waiting, write_messages

ROOT = Path(__file__).parents[2]
# The real command, with a handler that blocks and a short lease.
HANGING = """
from datetime import timedelta
from app.cli import cli
from app.outbox import dispatcher
from tests.outbox.messages import TOPIC, BlockingHandler
dispatcher.LEASE = timedelta(seconds=1)
dispatcher.HANDLERS[TOPIC] = BlockingHandler()
cli(["outbox", "run"])
"""


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database of its own, to which DATABASE_URL points."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("OUTBOX_INTERVAL", "0.05")
        load_settings.cache_clear()
        yield settings
    load_settings.cache_clear()


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> RecordingHandler:
    """Handler of the test topic."""
    handler = RecordingHandler()
    monkeypatch.setitem(HANDLERS, TOPIC, handler)
    return handler


@contextmanager
def running(*command: str) -> Generator[subprocess.Popen[bytes]]:
    """Run Python until the block ends."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_run_once_delivers_due_messages_and_exits(
    database: Settings, handler: RecordingHandler
) -> None:
    keys = write_messages(database, 250)

    result = CliRunner().invoke(cli, ["outbox", "run", "--once"])

    assert result.exit_code == 0
    assert (handler.handled, waiting(database)) == (keys, [])


def test_run_once_reports_an_unreachable_database_in_one_line(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = unreachable(database.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()

    result = CliRunner().invoke(cli, ["outbox", "run", "--once"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_two_workers_deliver_each_message_once(
    database: Settings,
    handler: RecordingHandler,
) -> None:
    keys = write_messages(database, 450)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run_once, [database, database]))

    assert Counter(handler.handled) == Counter(keys)
    assert waiting(database) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_worker_cleanly(database: Settings, number: signal.Signals) -> None:
    write_messages(database, 1, "unknown")
    with running("-c", "from app.cli import cli; cli()", "outbox", "run") as process:
        wait_until(lambda: attempts(database, "unknown") == {1})
        process.send_signal(number)
        code = process.wait(TIMEOUT_SECONDS)

    assert code == 0


def test_message_of_a_killed_worker_is_delivered_by_the_next(
    database: Settings,
    handler: RecordingHandler,
) -> None:
    keys = write_messages(database, 1)
    with running("-c", HANGING) as process:
        wait_until(lambda: attempts(database) == {1})
        process.kill()
        process.wait()
    assert waiting(database) == keys

    def deliver() -> bool:
        run_once(database)
        return bool(handler.handled)

    wait_until(deliver)

    assert (handler.handled, waiting(database)) == (keys, [])
