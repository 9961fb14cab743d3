# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Bulk requests for products: all rows are written, or none."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import create_category, create_product, product_data

UNKNOWN_ID = 2**62
MAX_PRODUCTS = 100


async def read(client: AsyncClient, *products: dict[str, Any]) -> list[dict[str, Any]]:
    """Stored products, without the fields of a single product."""
    found = [await client.get(f"/products/{product['id']}") for product in products]
    return [{name: answer.json()[name] for name in products[0]} for answer in found]


async def test_bulk_create_returns_products_in_request_order(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = [product_data(stock_quantity=number) for number in range(MAX_PRODUCTS)]

    response = await staff_client.post("/products/bulk", json=data)
    created = response.json()
    stored = await read(client, created[0], created[-1])

    assert response.status_code == 201
    assert [product["sku"] for product in created] == [product["sku"] for product in data]
    assert stored == [created[0], created[-1]]


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_bulk_create_with_a_taken_slug_or_sku_is_409_and_creates_none(
    client: AsyncClient,
    staff_client: AsyncClient,
    field: str,
) -> None:
    taken = await create_product(staff_client)
    data = [product_data(), product_data(**{field: taken[field]}), product_data()]

    response = await staff_client.post("/products/bulk", json=data)
    found = [await client.get(f"/products/sku/{data[number]['sku']}") for number in (0, 2)]

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert [answer.status_code for answer in found] == [404, 404]


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_bulk_create_with_a_repeated_slug_or_sku_is_409_and_creates_none(
    client: AsyncClient,
    staff_client: AsyncClient,
    field: str,
) -> None:
    first = product_data()
    others = {"slug", "sku"} - {field}
    second = product_data(**{field: first[field]})

    response = await staff_client.post("/products/bulk", json=[first, second])
    found = [await client.get(f"/products/{other}/{first[other]}") for other in others]

    assert response.status_code == 409
    assert [answer.status_code for answer in found] == [404]


async def test_bulk_create_with_an_unknown_category_is_409_and_creates_none(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = [product_data(), product_data(category_id=UNKNOWN_ID)]

    response = await staff_client.post("/products/bulk", json=data)
    found = await client.get(f"/products/sku/{data[0]['sku']}")

    assert (response.status_code, found.status_code) == (409, 404)


async def test_bulk_create_with_one_invalid_product_is_422_and_creates_none(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = [product_data(), product_data(price="0")]

    response = await staff_client.post("/products/bulk", json=data)
    found = await client.get(f"/products/sku/{data[0]['sku']}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", 1, "price"]
    assert found.status_code == 404


@pytest.mark.parametrize("number", [0, MAX_PRODUCTS + 1])
async def test_bulk_requests_for_none_or_too_many_products_are_422(
    staff_client: AsyncClient,
    number: int,
) -> None:
    created = await staff_client.post(
        "/products/bulk",
        json=[product_data() for _ in range(number)],
    )
    changed = await staff_client.patch(
        "/products/bulk",
        json=[{"id": key + 1} for key in range(number)],
    )
    query = "&".join(f"id={key + 1}" for key in range(number))
    deleted = await staff_client.delete(f"/products/bulk?{query}")

    statuses = [answer.status_code for answer in (created, changed, deleted)]
    assert statuses == [422, 422, 422]


async def test_bulk_update_returns_products_in_request_order(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    first, second, third = [await create_product(staff_client, stock_quantity=1) for _ in range(3)]
    changes = [
        {"id": second["id"], "price": "5.00", "category_id": category["id"]},
        {"id": first["id"], "stock_quantity": 7},
    ]

    response = await staff_client.patch("/products/bulk", json=changes)
    stored = await read(client, second, first, third)

    moved = [product["updated_at"] for product in response.json()]
    assert response.status_code == 200
    assert response.json() == [
        second | changes[0] | {"updated_at": moved[0]},
        first | changes[1] | {"updated_at": moved[1]},
    ]
    assert stored == [*response.json(), third]


async def test_bulk_update_with_an_unknown_product_changes_none(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)
    changes = [{"id": product["id"], "name": "New"}, {"id": UNKNOWN_ID, "name": "New"}]

    response = await staff_client.patch("/products/bulk", json=changes)
    stored = await read(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN_ID} does not exist."
    assert stored == [product]


async def test_bulk_update_with_a_taken_slug_changes_none(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    taken, first, second = [await create_product(staff_client) for _ in range(3)]
    changes = [{"id": first["id"], "name": "New"}, {"id": second["id"], "slug": taken["slug"]}]

    response = await staff_client.patch("/products/bulk", json=changes)
    stored = await read(client, first, second)

    assert response.status_code == 409
    assert stored == [first, second]


@pytest.mark.parametrize(
    "change",
    [{"name": "New"}, {"id": "1"}, {"id": 1, "price": "0"}, {"id": 1, "name": None}, {"id": 0}],
    ids=repr,
)
async def test_invalid_bulk_update_is_422(
    staff_client: AsyncClient,
    change: dict[str, Any],
) -> None:
    response = await staff_client.patch("/products/bulk", json=[{"id": 2}, change])

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][:2] == ["body", 1]


async def test_repeated_product_is_422(staff_client: AsyncClient) -> None:
    changed = await staff_client.patch("/products/bulk", json=[{"id": 1}, {"id": 1, "name": "New"}])
    deleted = await staff_client.delete("/products/bulk?id=1&id=1")

    assert (changed.status_code, deleted.status_code) == (422, 422)


async def test_bulk_delete_deletes_the_given_products(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    first, second, kept = [await create_product(staff_client) for _ in range(3)]

    response = await staff_client.delete(f"/products/bulk?id={second['id']}&id={first['id']}")
    found = [await client.get(f"/products/{one['id']}") for one in (first, second, kept)]

    assert (response.status_code, response.content) == (204, b"")
    assert [answer.status_code for answer in found] == [404, 404, 200]


async def test_bulk_delete_with_an_unknown_product_deletes_none(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)

    response = await staff_client.delete(f"/products/bulk?id={product['id']}&id={UNKNOWN_ID}")
    stored = await read(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN_ID} does not exist."
    assert stored == [product]
# {% endcall %}
