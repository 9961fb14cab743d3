"""Many transfers between the same users at the same time, on real connections."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from httpx2 import Response

from tests.factories import user_data
from tests.live import LiveService

CLIENTS = 30
ROUNDS = 4
# Enough for all transfers of one user, should they come first.
CREDIT = "200.00"


def create_users(live: LiveService, number: int, **fields: object) -> list[int]:
    """Store users and return their keys."""
    data = [user_data(**{"store_credit": CREDIT} | fields) for _ in range(number)]
    created = live.client.post("/users/bulk", json=data)
    return [user["id"] for user in created.json()]


def send_at_once(live: LiveService, pairs: Sequence[tuple[int, int]]) -> Counter[int]:
    """Let each client send between one of the pairs, again and again; count the statuses."""
    counted: Counter[int] = Counter()
    for _ in range(ROUNDS):
        responses = live.at_once(lambda number: send(live, *pairs[number % len(pairs)]), CLIENTS)
        counted.update(statuses(responses))
    return counted


def send(live: LiveService, sender: int, receiver: int, amount: str = "1.00") -> Response:
    data = {"from_user_id": sender, "to_user_id": receiver, "amount": amount}
    return live.client.post("/transfers", json=data)


def credit_of(live: LiveService, *ids: int) -> list[Decimal]:
    found = [live.client.get(f"/users/{key}").json() for key in ids]
    return [Decimal(user["store_credit"]) for user in found]


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_opposite_transfers_all_succeed_and_keep_the_sum(live: LiveService) -> None:
    one, other = create_users(live, 2)

    sent = send_at_once(live, [(one, other), (other, one)])

    assert sent == {201: CLIENTS * ROUNDS}
    assert credit_of(live, one, other) == [Decimal(CREDIT)] * 2


def test_transfers_in_a_ring_all_succeed_and_keep_the_sum(live: LiveService) -> None:
    first, second, third = create_users(live, 3)

    sent = send_at_once(live, [(first, second), (second, third), (third, first)])

    assert sent == {201: CLIENTS * ROUNDS}
    assert credit_of(live, first, second, third) == [Decimal(CREDIT)] * 3


def test_credit_is_never_spent_twice(live: LiveService) -> None:
    sender, *receivers = create_users(live, 4, store_credit="10.00")

    responses = live.at_once(lambda number: send(live, sender, receivers[number % 3]), 20)

    assert statuses(responses) == {201: 10, 409: 10}
    assert credit_of(live, sender) == [Decimal(0)]
    assert sum(credit_of(live, *receivers)) == Decimal(40)
