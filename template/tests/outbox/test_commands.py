"""`app outbox run` delivers messages in a process of its own, and its death loses none."""

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

from app.background import run_once
from app.cli import cli
from app.config import Settings, load_settings
from app.outbox.sinks import HANDLERS
from tests.databases import migrated_database, nowhere
from tests.outbox.messages import TOPIC, Notebook, attempts, waiting, write_messages
from tests.patience import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).parents[2]
# The real command, with a sink that never ends and a lease that soon does.
HANGING = """
from datetime import timedelta
from app.cli import cli
from app.outbox import delivery
from tests.outbox.messages import TOPIC, SlowSink
delivery.LEASE = timedelta(seconds=1)
delivery.HANDLERS[TOPIC] = SlowSink()
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
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """The sink of the topic for tests."""
    notebook = Notebook()
    monkeypatch.setitem(HANDLERS, TOPIC, notebook)
    return notebook


@contextmanager
def running(*command: str) -> Generator[subprocess.Popen[bytes]]:
    """Run Python until the block ends, at the latest."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_once_delivers_all_that_is_due_and_ends(database: Settings, notebook: Notebook) -> None:
    keys = write_messages(database, 250)

    result = CliRunner().invoke(cli, ["outbox", "run", "--once"])

    assert result.exit_code == 0
    assert (notebook.noted, waiting(database)) == (keys, [])


def test_once_tells_of_a_database_out_of_reach_in_one_line(
    database: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = nowhere(database.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()

    result = CliRunner().invoke(cli, ["outbox", "run", "--once"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_two_workers_at_once_deliver_each_message_once(
    database: Settings,
    notebook: Notebook,
) -> None:
    keys = write_messages(database, 450)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run_once, [database, database]))

    assert Counter(notebook.noted) == Counter(keys)
    assert waiting(database) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_cleanly(database: Settings, number: signal.Signals) -> None:
    write_messages(database, 1, "nobody")
    with running("-c", "from app.cli import cli; cli()", "outbox", "run") as process:
        wait_until(lambda: attempts(database, "nobody") == {1})
        process.send_signal(number)
        code = process.wait(PATIENCE_SECONDS)

    assert code == 0


def test_a_message_of_a_killed_worker_is_delivered_by_the_next_one(
    database: Settings,
    notebook: Notebook,
) -> None:
    keys = write_messages(database, 1)
    with running("-c", HANGING) as process:
        wait_until(lambda: attempts(database) == {1})
        process.kill()
        process.wait()
    assert waiting(database) == keys

    def deliver() -> bool:
        run_once(database)
        return bool(notebook.noted)

    wait_until(deliver)

    assert (notebook.noted, waiting(database)) == (keys, [])
