"""What a client is told is true while the database is disturbed, and nothing is stored twice."""

import threading
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.config import Settings
from app.database.migration import build_migration_engine
from tests.database.disturbances import IMPATIENT, disturb
from tests.database.notes import build_notes_app, notes
from tests.databases import migrated_database
from tests.live import LiveService, serve

CLIENTS = 10
TEXTS = [f"note-{number}" for number in range(120)]
PAUSE_SECONDS = 0.2


@pytest.fixture(scope="module")
def service() -> Generator[LiveService]:
    with (
        migrated_database() as settings,
        serve(build_notes_app(settings.model_copy(update=IMPATIENT))) as live,
    ):
        yield live


@contextmanager
def disturbed(settings: Settings) -> Generator[list[int]]:
    """Disturb the database again and again until the block ends."""
    over = threading.Event()
    disturbances: list[int] = []

    def keep_disturbing() -> None:
        # Without a pause until there was something to disturb: a fast host is soon done.
        while not over.wait(PAUSE_SECONDS if sum(disturbances) else 0):
            disturbances.append(disturb(settings))

    thread = threading.Thread(target=keep_disturbing)
    thread.start()
    yield disturbances
    over.set()
    thread.join()


def stored_notes(settings: Settings) -> Counter[str]:
    with build_migration_engine(settings).begin() as connection:
        return Counter(connection.scalars(select(notes.c.text)))


def test_a_note_is_stored_once_where_the_client_was_told_so(service: LiveService) -> None:
    settings = service.app.state.settings

    def write(text: str) -> int:
        return service.client.post(f"/notes/{text}").status_code

    with disturbed(settings) as disturbances, ThreadPoolExecutor(CLIENTS) as pool:
        told = dict(zip(TEXTS, pool.map(write, TEXTS), strict=True))

    stored = stored_notes(settings)
    created = {text for text in TEXTS if told[text] == 201}
    assert sum(disturbances) > 0
    # Without a key, a commit whose answer was lost is 503: it was stored, or not.
    assert set(told.values()) <= {201, 503}
    assert created <= stored.keys()
    assert max(stored.values()) == 1


def test_who_reads_sees_nothing_of_it(service: LiveService) -> None:
    def read(_text: str) -> int:
        return service.client.get("/notes").status_code

    with disturbed(service.app.state.settings) as disturbances, ThreadPoolExecutor(CLIENTS) as pool:
        statuses = set(pool.map(read, TEXTS))

    assert sum(disturbances) > 0
    assert statuses == {200}
