# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A deleted product stays in the database, and nobody finds it again."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from tests.factories import create_category, create_product, create_tag, product_data

PATHS = ["{id}", "slug/{slug}", "sku/{sku}", "{id}/tags"]
CHANGES = [
    ("PUT", "{id}"),
    ("PATCH", "{id}"),
    ("DELETE", "{id}"),
    ("PUT", "{id}/tags"),
    ("PATCH", "bulk"),
    ("DELETE", "bulk?id={id}"),
]


async def create_deleted(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    product = await create_product(client, **fields)
    response = await client.delete(f"/products/{product['id']}")
    response.raise_for_status()
    return product


async def test_the_row_stays_and_tells_when_it_was_deleted(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    product = await create_deleted(client)

    row = await session.get(Product, product["id"])

    assert row is not None
    assert row.deleted_at is not None
    assert row.name == product["name"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_deleted_product_is_404_by_any_name(client: AsyncClient, path: str) -> None:
    product = await create_deleted(client)

    response = await client.get(f"/products/{path.format(**product)}")

    assert response.status_code == 404


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_a_deleted_product_cannot_be_changed(
    client: AsyncClient,
    method: str,
    path: str,
) -> None:
    product = await create_deleted(client)
    bodies: dict[str, Any] = {
        "PUT {id}": product_data(),
        "PATCH {id}": {"name": "New"},
        "PUT {id}/tags": {"tag_ids": []},
        "PATCH bulk": [{"id": product["id"], "name": "New"}],
    }
    body = bodies.get(f"{method} {path}")

    response = await client.request(method, f"/products/{path.format(**product)}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {product['id']} does not exist."


async def test_a_deleted_product_is_in_no_list(client: AsyncClient) -> None:
    category = await create_category(client)
    tag = await create_tag(client)
    fields = {"name": "Rare lamp", "category_id": category["id"]}
    kept, gone = await create_product(client, **fields), await create_product(client, **fields)
    for product in (kept, gone):
        path = f"/products/{product['id']}/tags"
        await client.put(path, json={"tag_ids": [tag["id"]]})
    await client.delete(f"/products/{gone['id']}")

    queries = ["search=rare lamp", f"tag={tag['slug']}", f"category_id={category['id']}"]
    answers = [await client.get(f"/products?{query}") for query in queries]
    inside = await client.get(f"/categories/{category['id']}/products")

    for answer in (*answers, inside):
        assert [item["id"] for item in answer.json()["items"]] == [kept["id"]]
        assert answer.json()["total"] == 1


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_the_names_of_a_deleted_product_stay_taken(client: AsyncClient, field: str) -> None:
    product = await create_deleted(client)

    response = await client.post("/products", json=product_data(**{field: product[field]}))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."


@pytest.mark.parametrize("path", ["{id}", "bulk?id={id}"])
async def test_a_category_that_holds_only_deleted_products_can_go(
    client: AsyncClient,
    path: str,
) -> None:
    category = await create_category(client)
    product = await create_product(client, category_id=category["id"])
    refused = await client.delete(f"/categories/{category['id']}")
    await client.delete(f"/products/{path.format(**product)}")

    response = await client.delete(f"/categories/{category['id']}")

    assert (refused.status_code, response.status_code) == (409, 204)
# {% endcall %}
