"""Concurrent transfers, also while connections break."""

import threading
from collections import Counter
from collections.abc import Generator, Sequence
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
from tests.database.disturbances import IMPATIENT, TIMES, disturb
from tests.databases import migrated_database
from tests.factories import user_data
from tests.live import LiveService, serve

CLIENTS = 30
ROUNDS = 4
# Enough for all transfers of one user, in any order.
CREDIT = "200.00"
DISTURBED_CLIENTS = 20
TRANSFERS_EACH = 5
PAUSE_SECONDS = 0.3
# Each disturbance leaves the pool short of connections for a moment.
POOL_SETTINGS = {"database_pool_timeout": 30}


def create_users(live: LiveService, number: int, **fields: object) -> list[int]:
    """Store users; return their ids."""
    data = [user_data(**{"store_credit": CREDIT} | fields) for _ in range(number)]
    created = live.staff_client.post("/users/bulk", json=data)
    return [user["id"] for user in created.json()]


def send_at_once(live: LiveService, pairs: Sequence[tuple[int, int]]) -> Counter[int]:
    """Send transfers between the pairs from all clients in several rounds; count the statuses."""
    counted: Counter[int] = Counter()
    for _ in range(ROUNDS):
        responses = live.at_once(lambda number: send(live, *pairs[number % len(pairs)]), CLIENTS)
        counted.update(statuses(responses))
    return counted


def send(live: LiveService, sender: int, receiver: int, amount: str = "1.00") -> Response:
    data = {"from_user_id": sender, "to_user_id": receiver, "amount": amount}
    return live.staff_client.post("/transfers", json=data)


def credit_of(live: LiveService, *ids: int) -> list[Decimal]:
    found = [live.staff_client.get(f"/users/{key}").json() for key in ids]
    return [Decimal(user["store_credit"]) for user in found]


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_concurrent_opposite_transfers_keep_the_sum(live: LiveService) -> None:
    one, other = create_users(live, 2)

    sent = send_at_once(live, [(one, other), (other, one)])

    assert sent == {201: CLIENTS * ROUNDS}
    assert credit_of(live, one, other) == [Decimal(CREDIT)] * 2


def test_concurrent_transfers_in_a_ring_keep_the_sum(live: LiveService) -> None:
    first, second, third = create_users(live, 3)

    sent = send_at_once(live, [(first, second), (second, third), (third, first)])

    assert sent == {201: CLIENTS * ROUNDS}
    assert credit_of(live, first, second, third) == [Decimal(CREDIT)] * 3


def test_concurrent_transfers_never_overspend(live: LiveService) -> None:
    sender, *receivers = create_users(live, 4, store_credit="10.00")

    responses = live.at_once(lambda number: send(live, sender, receivers[number % 3]), 20)

    assert statuses(responses) == {201: 10, 409: 10}
    assert credit_of(live, sender) == [Decimal(0)]
    assert sum(credit_of(live, *receivers)) == Decimal(40)


@pytest.fixture(scope="module")
def disturbed() -> Generator[LiveService]:
    """A service whose database connections are broken repeatedly."""
    with (
        migrated_database() as settings,
        serve(create_app(settings.model_copy(update=POOL_SETTINGS | IMPATIENT))) as live,
    ):
        yield live


def transfer(live: LiveService, users: list[int], number: int, part: int) -> Response:
    """Transfer one cent to the next of the users, with an Idempotency-Key of its own."""
    body: dict[str, Any] = {
        "from_user_id": users[number % len(users)],
        "to_user_id": users[(number + 1) % len(users)],
        "amount": "0.01",
    }
    key = {"Idempotency-Key": f"{number}-{part}"}
    return live.staff_client.post("/transfers", json=body, headers=key)


def stored_transfers(settings: Settings) -> list[int]:
    with build_migration_engine(settings).begin() as connection:
        return list(connection.scalars(select(Transfer.id)))


def test_acknowledged_transfers_survive_broken_connections(
    disturbed: LiveService,
) -> None:
    created = [
        disturbed.staff_client.post("/users", json=user_data(store_credit="5")) for _ in range(3)
    ]
    users = [response.json()["id"] for response in created]
    settings = disturbed.app.state.settings
    finished = threading.Event()
    disturbances: list[int] = []

    def keep_disturbing() -> None:
        while len(disturbances) < TIMES and not finished.wait(PAUSE_SECONDS):
            disturbances.append(disturb(settings))

    def visit(number: int) -> list[Response]:
        return [transfer(disturbed, users, number, part) for part in range(TRANSFERS_EACH)]

    thread = threading.Thread(target=keep_disturbing)
    thread.start()
    with ThreadPoolExecutor(DISTURBED_CLIENTS) as pool:
        responses = [
            one for visited in pool.map(visit, range(DISTURBED_CLIENTS)) for one in visited
        ]
    finished.set()
    thread.join()

    stored = stored_transfers(settings)
    acknowledged = [response.json().get("id") for response in responses]
    credit = [disturbed.staff_client.get(f"/users/{user}").json()["store_credit"] for user in users]
    assert sum(disturbances) > 0
    assert {response.status_code for response in responses} == {201}
    assert sorted(acknowledged) == sorted(stored)
    assert len(stored) == DISTURBED_CLIENTS * TRANSFERS_EACH
    assert sum(Decimal(amount) for amount in credit) == 15
