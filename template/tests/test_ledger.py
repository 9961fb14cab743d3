"""Whatever happens to the database, what a client was told is what is stored."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from app.config import Settings
from app.database.migration import build_migration_engine
from app.main import create_app
from app.models import Transfer
from tests.databases import migrated_database
from tests.disturbances import IMPATIENT, TIMES, disturb
from tests.factories import user_data
from tests.live import LiveService, serve

CLIENTS = 20
ROUNDS = 5
PAUSE_SECONDS = 0.3
# A connection is missing for a moment after each disturbance.
PATIENT = {"database_pool_timeout": 30}


@pytest.fixture(scope="module")
def disturbed() -> Generator[LiveService]:
    """A service whose database is disturbed again and again while it works."""
    with (
        migrated_database() as settings,
        serve(create_app(settings.model_copy(update=PATIENT | IMPATIENT))) as live,
    ):
        yield live


def transfer(live: LiveService, users: list[int], number: int, part: int) -> Response:
    """Move credit around a ring of users, one cent each time, under a key of its own."""
    body: dict[str, Any] = {
        "from_user_id": users[number % len(users)],
        "to_user_id": users[(number + 1) % len(users)],
        "amount": "0.01",
    }
    key = {"Idempotency-Key": f"{number}-{part}"}
    return live.client.post("/transfers", json=body, headers=key)


def stored_transfers(settings: Settings) -> list[int]:
    with build_migration_engine(settings).begin() as connection:
        return list(connection.scalars(select(Transfer.id)))


def test_every_answer_is_true_and_none_is_an_error_while_connections_break(
    disturbed: LiveService,
) -> None:
    created = [disturbed.client.post("/users", json=user_data(store_credit="5")) for _ in range(3)]
    users = [response.json()["id"] for response in created]
    settings = disturbed.app.state.settings
    over = threading.Event()
    disturbances: list[int] = []

    def keep_disturbing() -> None:
        while len(disturbances) < TIMES and not over.wait(PAUSE_SECONDS):
            disturbances.append(disturb(settings))

    def visit(number: int) -> list[Response]:
        return [transfer(disturbed, users, number, part) for part in range(ROUNDS)]

    thread = threading.Thread(target=keep_disturbing)
    thread.start()
    with ThreadPoolExecutor(CLIENTS) as pool:
        responses = [one for visited in pool.map(visit, range(CLIENTS)) for one in visited]
    over.set()
    thread.join()

    stored = stored_transfers(settings)
    told = [response.json().get("id") for response in responses]
    credit = [disturbed.client.get(f"/users/{user}").json()["store_credit"] for user in users]
    assert sum(disturbances) > 0
    assert {response.status_code for response in responses} == {201}
    assert sorted(told) == sorted(stored)
    assert len(stored) == CLIENTS * ROUNDS
    assert sum(Decimal(amount) for amount in credit) == 15
