"""Many clients who write many products, or the tags of one, at the same time."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from httpx2 import Response

from tests.factories import product_data, tag_data
from tests.live import LiveService

CLIENTS = 12
ROWS = 20


def create(live: LiveService, path: str, data: dict[str, Any]) -> int:
    """Store something and return its key."""
    key: int = live.client.post(path, json=data).json()["id"]
    return key


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def in_turn(items: list[Any], number: int) -> list[Any]:
    """Return the items forwards to one client and backwards to the next."""
    return items[::-1] if number % 2 else items


def test_clients_who_change_the_same_products_in_any_order_all_succeed(live: LiveService) -> None:
    keys = [create(live, "/products", product_data()) for _ in range(ROWS)]

    def change(number: int) -> Response:
        changes = [{"id": key, "stock_quantity": number + 1} for key in in_turn(keys, number)]
        return live.client.patch("/products/bulk", json=changes)

    responses = live.at_once(change, CLIENTS)

    found = [live.client.get(f"/products/{key}") for key in keys]
    assert statuses(responses) == {200: CLIENTS}
    assert {response.headers["ETag"] for response in found} == {f'"{CLIENTS + 1}"'}
    assert len({response.json()["stock_quantity"] for response in found}) == 1


def test_only_one_of_many_clients_adds_the_same_products(live: LiveService) -> None:
    data = [product_data() for _ in range(ROWS)]

    responses = live.at_once(
        lambda number: live.client.post("/products/bulk", json=in_turn(data, number)),
        CLIENTS,
    )

    found = [live.client.get(f"/products/slug/{item['slug']}") for item in data]
    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}
    assert statuses(found) == {200: ROWS}


def test_only_one_of_many_clients_deletes_a_product_among_others(live: LiveService) -> None:
    shared = create(live, "/products", product_data())
    own = [create(live, "/products", product_data()) for _ in range(CLIENTS)]

    responses = live.at_once(
        lambda number: live.client.delete(f"/products/bulk?id={own[number]}&id={shared}"),
        CLIENTS,
    )

    left = [live.client.get(f"/products/{key}") for key in own]
    assert statuses(responses) == {204: 1, 404: CLIENTS - 1}
    assert statuses(left) == {404: 1, 200: CLIENTS - 1}


def test_a_product_ends_with_the_tags_of_one_client(live: LiveService) -> None:
    product = create(live, "/products", product_data())
    tags = [create(live, "/tags", tag_data()) for _ in range(2 * CLIENTS)]
    pairs = [tags[number : number + 2] for number in range(0, len(tags), 2)]

    responses = live.at_once(
        lambda number: live.client.put(
            f"/products/{product}/tags",
            json={"tag_ids": pairs[number]},
        ),
        CLIENTS,
    )

    found = [tag["id"] for tag in live.client.get(f"/products/{product}/tags").json()]
    assert statuses(responses) == {200: CLIENTS}
    assert sorted(found) in pairs


def test_a_tag_that_is_given_and_deleted_at_once_is_gone(live: LiveService) -> None:
    product = create(live, "/products", product_data())
    tags = [create(live, "/tags", tag_data()) for _ in range(CLIENTS)]

    def give_or_delete(number: int) -> Response:
        if number % 2:
            return live.client.delete(f"/tags/{tags[number // 2]}")
        body = {"tag_ids": in_turn(tags, number // 2)}
        return live.client.put(f"/products/{product}/tags", json=body)

    responses = live.at_once(give_or_delete, 2 * CLIENTS)

    left = live.client.get(f"/products/{product}/tags").json()
    assert statuses(responses[1::2]) == {204: CLIENTS}
    assert statuses(responses[::2]).keys() <= {200, 404}
    assert left == []


def test_a_tag_may_go_while_it_is_taken_off(live: LiveService) -> None:
    product = create(live, "/products", product_data())

    for _ in range(CLIENTS):
        assert statuses(take_off_and_delete(live, product)) == {200: 1, 204: 1}


def take_off_and_delete(live: LiveService, product: int) -> list[Response]:
    """Give a product a tag, then take it off and delete it at once."""
    tag = create(live, "/tags", tag_data())
    path = f"/products/{product}/tags"
    live.client.put(path, json={"tag_ids": [tag]})

    def take_off_or_delete(number: int) -> Response:
        if number:
            return live.client.delete(f"/tags/{tag}")
        return live.client.put(path, json={"tag_ids": []})

    return live.at_once(take_off_or_delete, 2)
