# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Many products in one request: all of them are written, or none."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product, product_data

NOBODY = 2**62
MOST = 100


async def read(client: AsyncClient, *products: dict[str, Any]) -> list[dict[str, Any]]:
    """Return products as they are stored, without what only a detail tells."""
    found = [await client.get(f"/products/{product['id']}") for product in products]
    return [{name: answer.json()[name] for name in products[0]} for answer in found]


async def test_many_products_are_added_in_the_order_they_came_in(client: AsyncClient) -> None:
    data = [product_data(stock_quantity=number) for number in range(MOST)]

    response = await client.post("/products/bulk", json=data)
    created = response.json()
    stored = await read(client, created[0], created[-1])

    assert response.status_code == 201
    assert [product["sku"] for product in created] == [product["sku"] for product in data]
    assert stored == [created[0], created[-1]]


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_a_name_that_is_taken_is_409_and_none_is_added(
    client: AsyncClient,
    field: str,
) -> None:
    taken = await create_product(client)
    data = [product_data(), product_data(**{field: taken[field]}), product_data()]

    response = await client.post("/products/bulk", json=data)
    found = [await client.get(f"/products/sku/{data[number]['sku']}") for number in (0, 2)]

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert [answer.status_code for answer in found] == [404, 404]


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_a_name_that_comes_twice_is_409_and_none_is_added(
    client: AsyncClient,
    field: str,
) -> None:
    first = product_data()
    others = {"slug", "sku"} - {field}
    second = product_data(**{field: first[field]})

    response = await client.post("/products/bulk", json=[first, second])
    found = [await client.get(f"/products/{other}/{first[other]}") for other in others]

    assert response.status_code == 409
    assert [answer.status_code for answer in found] == [404]


async def test_an_unknown_category_is_409_and_none_is_added(client: AsyncClient) -> None:
    data = [product_data(), product_data(category_id=NOBODY)]

    response = await client.post("/products/bulk", json=data)
    found = await client.get(f"/products/sku/{data[0]['sku']}")

    assert (response.status_code, found.status_code) == (409, 404)


async def test_one_product_against_the_rules_is_422_and_none_is_added(client: AsyncClient) -> None:
    data = [product_data(), product_data(price="0")]

    response = await client.post("/products/bulk", json=data)
    found = await client.get(f"/products/sku/{data[0]['sku']}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", 1, "price"]
    assert found.status_code == 404


@pytest.mark.parametrize("number", [0, MOST + 1])
async def test_no_products_and_too_many_are_422(client: AsyncClient, number: int) -> None:
    created = await client.post("/products/bulk", json=[product_data() for _ in range(number)])
    changed = await client.patch("/products/bulk", json=[{"id": key + 1} for key in range(number)])
    query = "&".join(f"id={key + 1}" for key in range(number))
    deleted = await client.delete(f"/products/bulk?{query}")

    statuses = [answer.status_code for answer in (created, changed, deleted)]
    assert statuses == [422, 422, 422]


async def test_each_product_is_changed_as_asked_and_told_in_that_order(client: AsyncClient) -> None:
    category = await create_category(client)
    first, second, third = [await create_product(client, stock_quantity=1) for _ in range(3)]
    changes = [
        {"id": second["id"], "price": "5.00", "category_id": category["id"]},
        {"id": first["id"], "stock_quantity": 7},
    ]

    response = await client.patch("/products/bulk", json=changes)
    stored = await read(client, second, first, third)

    moved = [product["updated_at"] for product in response.json()]
    assert response.status_code == 200
    assert response.json() == [
        second | changes[0] | {"updated_at": moved[0]},
        first | changes[1] | {"updated_at": moved[1]},
    ]
    assert stored == [*response.json(), third]


async def test_no_product_is_changed_where_one_is_unknown(client: AsyncClient) -> None:
    product = await create_product(client)
    changes = [{"id": product["id"], "name": "New"}, {"id": NOBODY, "name": "New"}]

    response = await client.patch("/products/bulk", json=changes)
    stored = await read(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {NOBODY} does not exist."
    assert stored == [product]


async def test_no_product_is_changed_where_one_takes_the_slug_of_another(
    client: AsyncClient,
) -> None:
    taken, first, second = [await create_product(client) for _ in range(3)]
    changes = [{"id": first["id"], "name": "New"}, {"id": second["id"], "slug": taken["slug"]}]

    response = await client.patch("/products/bulk", json=changes)
    stored = await read(client, first, second)

    assert response.status_code == 409
    assert stored == [first, second]


@pytest.mark.parametrize(
    "change",
    [{"name": "New"}, {"id": "1"}, {"id": 1, "price": "0"}, {"id": 1, "name": None}, {"id": 0}],
    ids=repr,
)
async def test_a_change_against_the_rules_is_422(
    client: AsyncClient,
    change: dict[str, Any],
) -> None:
    response = await client.patch("/products/bulk", json=[{"id": 2}, change])

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][:2] == ["body", 1]


async def test_a_product_that_comes_twice_is_422(client: AsyncClient) -> None:
    changed = await client.patch("/products/bulk", json=[{"id": 1}, {"id": 1, "name": "New"}])
    deleted = await client.delete("/products/bulk?id=1&id=1")

    assert (changed.status_code, deleted.status_code) == (422, 422)


async def test_many_products_are_deleted(client: AsyncClient) -> None:
    first, second, kept = [await create_product(client) for _ in range(3)]

    response = await client.delete(f"/products/bulk?id={second['id']}&id={first['id']}")
    found = [await client.get(f"/products/{one['id']}") for one in (first, second, kept)]

    assert (response.status_code, response.content) == (204, b"")
    assert [answer.status_code for answer in found] == [404, 404, 200]


async def test_no_product_is_deleted_where_one_is_unknown(client: AsyncClient) -> None:
    product = await create_product(client)

    response = await client.delete(f"/products/bulk?id={product['id']}&id={NOBODY}")
    stored = await read(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {NOBODY} does not exist."
    assert stored == [product]
# {% endcall %}
