"""Many clients who write products at the same time, on real connections."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from httpx2 import Response

from tests.factories import category_data, product_data
from tests.live import LiveService

CLIENTS = 20
ROUNDS = 10
MIXED_CLIENTS = 50


def create(live: LiveService, **fields: Any) -> str:
    """Store a product and return its path."""
    return live.client.post("/products", json=product_data(**fields)).headers["Location"]


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def sell_one(live: LiveService, path: str) -> Response:
    """Lower the stock by one, and try again while others are quicker.

    Each refusal means that another client has sold one, so there are never more than clients.
    """
    for _ in range(CLIENTS):
        seen = live.client.get(path)
        response = live.client.patch(
            path,
            json={"stock_quantity": seen.json()["stock_quantity"] - 1},
            headers={"If-Match": seen.headers["ETag"]},
        )
        if response.status_code != 412:
            return response
    raise AssertionError(f"{path} was refused without a change in between")


def test_no_sale_is_lost_among_clients_that_name_the_version_they_saw(live: LiveService) -> None:
    path = create(live, stock_quantity=CLIENTS + 5)

    responses = live.at_once(lambda _number: sell_one(live, path), CLIENTS)

    assert statuses(responses) == {200: CLIENTS}
    assert live.client.get(path).json()["stock_quantity"] == 5


def test_only_one_of_many_clients_creates_a_slug(live: LiveService) -> None:
    slug = product_data()["slug"]

    responses = live.at_once(
        lambda _number: live.client.post("/products", json=product_data(slug=slug)),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}


def test_changes_of_different_fields_at_the_same_time_both_survive(live: LiveService) -> None:
    paths = [create(live) for _ in range(ROUNDS)]
    changes: list[dict[str, Any]] = [{"description": "Changed"}, {"stock_quantity": 7}]

    responses = live.at_once(
        lambda number: live.client.patch(paths[number // 2], json=changes[number % 2]),
        2 * ROUNDS,
    )

    found = [live.client.get(path).json() for path in paths]
    assert statuses(responses) == {200: 2 * ROUNDS}
    assert [(product["description"], product["stock_quantity"]) for product in found] == [
        ("Changed", 7),
    ] * ROUNDS


def test_a_product_that_is_changed_and_deleted_at_once_is_gone(live: LiveService) -> None:
    paths = [create(live) for _ in range(ROUNDS)]

    def change_or_delete(number: int) -> Response:
        path = paths[number // 2]
        if number % 2:
            return live.client.delete(path)
        return live.client.patch(path, json={"stock_quantity": number})

    responses = live.at_once(change_or_delete, 2 * ROUNDS)

    assert statuses(responses[1::2]) == {204: ROUNDS}
    assert statuses(responses[::2]).keys() <= {200, 404}
    assert {live.client.get(path).status_code for path in paths} == {404}


def test_fifty_clients_that_read_and_write_see_no_failure(live: LiveService) -> None:
    shared = create(live, stock_quantity=1000)
    category = live.client.post("/categories", json=category_data()).json()

    def visit(number: int) -> Response:
        responses = [
            live.client.get("/products", params={"search": "product"}),
            live.client.patch(shared, json={"stock_quantity": number}),
            live.client.get(create(live, category_id=category["id"])),
            live.client.patch(f"/categories/{category['id']}", json={"description": f"{number}"}),
            live.client.get("/categories/tree"),
        ]
        return max(responses, key=lambda response: response.status_code)

    responses = live.at_once(visit, MIXED_CLIENTS)

    assert statuses(responses) == {200: MIXED_CLIENTS}
