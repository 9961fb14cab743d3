# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Concurrent writes of products: ETags, and many clients on real connections."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from tests.live import LiveService
from tests.shop.factories import category_data, create_product, product_data

METHODS = ["PUT", "PATCH", "DELETE"]
CLIENTS = 20
ROUNDS = 10
MIXED_CLIENTS = 50
BULK_CLIENTS = 12
ROWS = 20


def body_for(method: str) -> dict[str, str] | None:
    return None if method == "DELETE" else product_data(name="New")


async def test_product_responses_have_an_etag(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = product_data()

    created = await staff_client.post("/products", json=data)
    path = created.headers["Location"]
    read = await client.get(path)
    by_slug = await client.get(f"/products/slug/{data['slug']}")
    by_sku = await client.get(f"/products/sku/{data['sku']}")

    answers = (created, read, by_slug, by_sku)
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_update_changes_the_etag(
    client: AsyncClient,
    staff_client: AsyncClient,
    method: str,
) -> None:
    created = await staff_client.post("/products", json=product_data())
    path = created.headers["Location"]

    changed = await staff_client.request(method, path, json=body_for(method))
    read = await client.get(path)

    assert changed.headers["ETag"] != created.headers["ETag"]
    assert read.headers["ETag"] == changed.headers["ETag"]


@pytest.mark.parametrize(
    "condition",
    ["{tag}", "*", '"0", {tag}, "99"'],
    ids=["version", "any", "list"],
)
@pytest.mark.parametrize("method", METHODS)
async def test_if_match_with_the_current_version_is_accepted(
    staff_client: AsyncClient,
    method: str,
    condition: str,
) -> None:
    created = await staff_client.post("/products", json=product_data())
    headers = {"If-Match": condition.format(tag=created.headers["ETag"])}
    path = created.headers["Location"]

    response = await staff_client.request(method, path, headers=headers, json=body_for(method))

    assert response.status_code in {200, 204}


@pytest.mark.parametrize("method", METHODS)
async def test_if_match_with_an_old_version_is_412_and_changes_nothing(
    client: AsyncClient,
    staff_client: AsyncClient,
    method: str,
) -> None:
    created = await staff_client.post("/products", json=product_data())
    path = created.headers["Location"]
    await staff_client.patch(path, json={"stock_quantity": 3})
    before = await client.get(path)
    headers = {"If-Match": created.headers["ETag"]}

    response = await staff_client.request(method, path, headers=headers, json=body_for(method))
    after = await client.get(path)

    assert response.status_code == 412
    assert before.headers["ETag"] in response.json()["detail"]
    assert after.json() == before.json()
    assert after.headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize("method", METHODS)
async def test_last_write_wins_without_if_match(staff_client: AsyncClient, method: str) -> None:
    product = await create_product(staff_client)
    path = f"/products/{product['id']}"
    await staff_client.patch(path, json={"stock_quantity": 3})

    response = await staff_client.request(method, path, json=body_for(method))

    assert response.status_code in {200, 204}


@pytest.mark.parametrize("method", METHODS)
async def test_unknown_product_is_404_with_if_match(
    staff_client: AsyncClient,
    method: str,
) -> None:
    headers = {"If-Match": '"1"'}

    response = await staff_client.request(
        method,
        "/products/4611686018427387904",
        headers=headers,
        json=body_for(method),
    )

    assert response.status_code == 404


def create_path(live: LiveService, **fields: Any) -> str:
    """Store a product; return its path."""
    return live.staff_client.post("/products", json=product_data(**fields)).headers["Location"]


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def sell_one(live: LiveService, path: str) -> Response:
    """Reduce the stock by one; retry while other clients are faster.

    Each 412 means that another client succeeded, so there are fewer of them than clients.
    """
    for _ in range(CLIENTS):
        seen = live.client.get(path)
        response = live.staff_client.patch(
            path,
            json={"stock_quantity": seen.json()["stock_quantity"] - 1},
            headers={"If-Match": seen.headers["ETag"]},
        )
        if response.status_code != 412:
            return response
    raise AssertionError(f"{path} was refused without a change in between")


def test_concurrent_updates_with_if_match_lose_nothing(live: LiveService) -> None:
    path = create_path(live, stock_quantity=CLIENTS + 5)

    responses = live.at_once(lambda _number: sell_one(live, path), CLIENTS)

    assert statuses(responses) == {200: CLIENTS}
    assert live.client.get(path).json()["stock_quantity"] == 5


def test_concurrent_creates_with_one_slug_succeed_once(live: LiveService) -> None:
    slug = product_data()["slug"]

    responses = live.at_once(
        lambda _number: live.staff_client.post("/products", json=product_data(slug=slug)),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}


def test_concurrent_updates_of_different_fields_both_survive(live: LiveService) -> None:
    paths = [create_path(live) for _ in range(ROUNDS)]
    changes: list[dict[str, Any]] = [{"description": "Changed"}, {"stock_quantity": 7}]

    responses = live.at_once(
        lambda number: live.staff_client.patch(paths[number // 2], json=changes[number % 2]),
        2 * ROUNDS,
    )

    found = [live.client.get(path).json() for path in paths]
    assert statuses(responses) == {200: 2 * ROUNDS}
    assert [(product["description"], product["stock_quantity"]) for product in found] == [
        ("Changed", 7),
    ] * ROUNDS


def test_product_updated_and_deleted_concurrently_is_deleted(live: LiveService) -> None:
    paths = [create_path(live) for _ in range(ROUNDS)]

    def change_or_delete(number: int) -> Response:
        path = paths[number // 2]
        if number % 2:
            return live.staff_client.delete(path)
        return live.staff_client.patch(path, json={"stock_quantity": number})

    responses = live.at_once(change_or_delete, 2 * ROUNDS)

    assert statuses(responses[1::2]) == {204: ROUNDS}
    assert statuses(responses[::2]).keys() <= {200, 404}
    assert {live.client.get(path).status_code for path in paths} == {404}


def test_fifty_clients_read_and_write_without_errors(live: LiveService) -> None:
    shared = create_path(live, stock_quantity=1000)
    category = live.staff_client.post("/categories", json=category_data()).json()

    def visit(number: int) -> Response:
        responses = [
            live.client.get("/products", params={"search": "product"}),
            live.staff_client.patch(shared, json={"stock_quantity": number}),
            live.client.get(create_path(live, category_id=category["id"])),
            live.staff_client.patch(
                f"/categories/{category['id']}",
                json={"description": f"{number}"},
            ),
            live.client.get("/categories/tree"),
        ]
        return max(responses, key=lambda response: response.status_code)

    responses = live.at_once(visit, MIXED_CLIENTS)

    assert statuses(responses) == {200: MIXED_CLIENTS}


def create_id(live: LiveService, path: str, data: dict[str, Any]) -> int:
    """Send a POST request; return the id of the created row."""
    key: int = live.staff_client.post(path, json=data).json()["id"]
    return key


def alternated(items: list[Any], number: int) -> list[Any]:
    """Items in order for one client, reversed for the next."""
    return items[::-1] if number % 2 else items


def test_concurrent_bulk_updates_in_opposite_orders_all_succeed(live: LiveService) -> None:
    keys = [create_id(live, "/products", product_data()) for _ in range(ROWS)]

    def change(number: int) -> Response:
        changes = [{"id": key, "stock_quantity": number + 1} for key in alternated(keys, number)]
        return live.staff_client.patch("/products/bulk", json=changes)

    responses = live.at_once(change, BULK_CLIENTS)

    found = [live.client.get(f"/products/{key}") for key in keys]
    assert statuses(responses) == {200: BULK_CLIENTS}
    assert {response.headers["ETag"] for response in found} == {f'"{BULK_CLIENTS + 1}"'}
    assert len({response.json()["stock_quantity"] for response in found}) == 1


def test_concurrent_bulk_creates_of_the_same_products_succeed_once(live: LiveService) -> None:
    data = [product_data() for _ in range(ROWS)]

    responses = live.at_once(
        lambda number: live.staff_client.post("/products/bulk", json=alternated(data, number)),
        BULK_CLIENTS,
    )

    found = [live.client.get(f"/products/slug/{item['slug']}") for item in data]
    assert statuses(responses) == {201: 1, 409: BULK_CLIENTS - 1}
    assert statuses(found) == {200: ROWS}


def test_concurrent_bulk_deletes_of_a_shared_product_succeed_once(live: LiveService) -> None:
    shared = create_id(live, "/products", product_data())
    own = [create_id(live, "/products", product_data()) for _ in range(BULK_CLIENTS)]

    responses = live.at_once(
        lambda number: live.staff_client.delete(f"/products/bulk?id={own[number]}&id={shared}"),
        BULK_CLIENTS,
    )

    left = [live.client.get(f"/products/{key}") for key in own]
    assert statuses(responses) == {204: 1, 404: BULK_CLIENTS - 1}
    assert statuses(left) == {404: 1, 200: BULK_CLIENTS - 1}
# {% endcall %}
