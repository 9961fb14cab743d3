"""Many clients who write categories at the same time, on real connections."""

from httpx2 import Response

from tests.factories import category_data
from tests.live import LiveService

PAIRS = 8


def create(live: LiveService) -> int:
    """Store a category and return its key."""
    response = live.client.post("/categories", json=category_data())
    key: int = response.json()["id"]
    return key


def parent_of(live: LiveService, key: int) -> int | None:
    parent_id: int | None = live.client.get(f"/categories/{key}").json()["parent_id"]
    return parent_id


def test_two_categories_put_inside_each_other_never_form_a_circle(live: LiveService) -> None:
    pairs = [(create(live), create(live)) for _ in range(PAIRS)]
    moves = [move for one, other in pairs for move in ((one, other), (other, one))]

    def move(number: int) -> Response:
        key, parent_id = moves[number]
        return live.client.patch(f"/categories/{key}", json={"parent_id": parent_id})

    responses = live.at_once(move, len(moves))

    statuses = sorted(response.status_code for response in responses)
    parents = [(parent_of(live, one), parent_of(live, other)) for one, other in pairs]
    assert statuses == [200] * PAIRS + [409] * PAIRS
    assert all(pair.count(None) == 1 for pair in parents)
