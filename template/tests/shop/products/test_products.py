# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Products over HTTP: create, read, update and delete."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from tests.shop.factories import create_category, create_product, create_tag, product_data

UNKNOWN_ID = 2**62
READ_PATHS = ["{id}", "slug/{slug}", "sku/{sku}", "{id}/tags"]
CHANGES = [
    ("PUT", "{id}"),
    ("PATCH", "{id}"),
    ("DELETE", "{id}"),
    ("PUT", "{id}/tags"),
    ("PATCH", "bulk"),
    ("DELETE", "bulk?id={id}"),
]


async def test_created_product_is_found_at_its_location(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    data = product_data(
        description="It glows",
        price="19.90",
        stock_quantity=7,
        is_active=False,
        category_id=category["id"],
    )

    response = await staff_client.post("/products", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/products/{created['id']}"
    assert created == data | {
        "id": created["id"],
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }
    assert found.json() == created | {
        "category": {name: category[name] for name in ("id", "name", "slug")},
        "tags": [],
    }


async def test_product_requires_only_name_slug_sku_and_price(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    created = await create_product(staff_client)
    found = await client.get(f"/products/{created['id']}")

    assert found.json() == created | {
        "description": None,
        "stock_quantity": 0,
        "is_active": True,
        "category_id": None,
        "category": None,
        "tags": [],
    }


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_taken_slug_or_sku_is_409_and_named(
    staff_client: AsyncClient,
    field: str,
) -> None:
    first = await create_product(staff_client)

    response = await staff_client.post("/products", json=product_data(**{field: first[field]}))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."


async def test_update_with_a_taken_slug_is_409(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    first = await create_product(staff_client)
    second = await create_product(staff_client)
    path = f"/products/{second['id']}"

    response = await staff_client.patch(path, json={"slug": first["slug"], "name": "New"})
    found = await client.get(f"/products/slug/{second['slug']}")

    assert response.status_code == 409
    assert found.json()["name"] == second["name"]


async def test_unknown_category_is_409(staff_client: AsyncClient) -> None:
    response = await staff_client.post("/products", json=product_data(category_id=UNKNOWN_ID))

    assert response.status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_unknown_product_is_404_and_named(staff_client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else product_data()

    response = await staff_client.request(method, f"/products/{UNKNOWN_ID}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN_ID} does not exist."


async def test_product_is_found_by_slug_with_its_category(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    product = await create_product(staff_client, category_id=category["id"])

    response = await client.get(f"/products/slug/{product['slug']}")

    assert response.status_code == 200
    assert response.json()["id"] == product["id"]
    assert response.json()["category"]["slug"] == category["slug"]


@pytest.mark.parametrize("sku", ["LAMP-1.B", "lamp-1.b", "Lamp-1.b"])
async def test_product_is_found_by_sku_in_any_case(
    client: AsyncClient,
    staff_client: AsyncClient,
    sku: str,
) -> None:
    product = await create_product(staff_client, sku="lamp-1.b")

    response = await client.get(f"/products/sku/{sku}")

    assert response.status_code == 200
    assert response.json()["id"] == product["id"]
    assert response.json()["sku"] == "LAMP-1.B"


@pytest.mark.parametrize("path", ["slug/nothing-here", "sku/nothing-here"])
async def test_unknown_slug_or_sku_is_404_and_named(
    client: AsyncClient,
    path: str,
) -> None:
    response = await client.get(f"/products/{path}")

    name = path.partition("/")[2]
    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {name} does not exist."


async def test_put_resets_omitted_fields(staff_client: AsyncClient) -> None:
    category = await create_category(staff_client)
    before = await create_product(
        staff_client,
        description="Old",
        stock_quantity=7,
        is_active=False,
        category_id=category["id"],
    )
    data = product_data()

    response = await staff_client.put(f"/products/{before['id']}", json=data)

    after = response.json()
    assert response.status_code == 200
    assert after == before | data | {
        "description": None,
        "stock_quantity": 0,
        "is_active": True,
        "category_id": None,
        "updated_at": after["updated_at"],
    }


async def test_patch_changes_only_given_fields(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    before = await create_product(
        staff_client,
        description="Old",
        stock_quantity=7,
        is_active=False,
    )

    response = await staff_client.patch(f"/products/{before['id']}", json={"price": "5.00"})
    after = await client.get(f"/products/{before['id']}")

    changed = {"price": "5.00", "updated_at": after.json()["updated_at"]}
    assert response.status_code == 200
    assert response.json() == before | changed
    assert after.json() == before | changed | {"category": None, "tags": []}


@pytest.mark.parametrize("field", ["description", "category_id"])
async def test_patch_with_null_clears_an_optional_field(
    client: AsyncClient,
    staff_client: AsyncClient,
    field: str,
) -> None:
    category = await create_category(staff_client)
    before = await create_product(staff_client, description="Old", category_id=category["id"])

    response = await staff_client.patch(f"/products/{before['id']}", json={field: None})
    after = await client.get(f"/products/{before['id']}")

    assert response.status_code == 200
    assert after.json()[field] is None


@pytest.mark.parametrize("field", ["name", "slug", "sku", "price", "stock_quantity", "is_active"])
async def test_patch_rejects_null_for_a_required_field(
    staff_client: AsyncClient,
    field: str,
) -> None:
    product = await create_product(staff_client)

    response = await staff_client.patch(f"/products/{product['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_update_changes_updated_at_but_not_created_at(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    before = await create_product(staff_client)

    await staff_client.patch(f"/products/{before['id']}", json={"name": "New"})
    after = await client.get(f"/products/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]


async def test_deleted_product_is_404(client: AsyncClient, staff_client: AsyncClient) -> None:
    product = await create_product(staff_client)
    path = f"/products/{product['id']}"

    response = await staff_client.delete(path)
    again = await staff_client.delete(path)
    found = await client.get(path)

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, found.status_code) == (404, 404)


async def create_deleted(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    product = await create_product(client, **fields)
    response = await client.delete(f"/products/{product['id']}")
    response.raise_for_status()
    return product


async def test_deleted_product_keeps_its_row_with_deleted_at(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    product = await create_deleted(staff_client)

    row = await session.get(Product, product["id"])

    assert row is not None
    assert row.deleted_at is not None
    assert row.name == product["name"]


@pytest.mark.parametrize("path", READ_PATHS)
async def test_deleted_product_is_404_by_every_path(
    client: AsyncClient,
    staff_client: AsyncClient,
    path: str,
) -> None:
    product = await create_deleted(staff_client)

    response = await client.get(f"/products/{path.format(**product)}")

    assert response.status_code == 404


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_deleted_product_cannot_be_changed(
    staff_client: AsyncClient,
    method: str,
    path: str,
) -> None:
    product = await create_deleted(staff_client)
    bodies: dict[str, Any] = {
        "PUT {id}": product_data(),
        "PATCH {id}": {"name": "New"},
        "PUT {id}/tags": {"tag_ids": []},
        "PATCH bulk": [{"id": product["id"], "name": "New"}],
    }
    body = bodies.get(f"{method} {path}")

    response = await staff_client.request(method, f"/products/{path.format(**product)}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {product['id']} does not exist."


async def test_deleted_product_is_not_listed(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    tag = await create_tag(staff_client)
    fields = {"name": "Rare lamp", "category_id": category["id"]}
    kept, gone = (
        await create_product(staff_client, **fields),
        await create_product(staff_client, **fields),
    )
    for product in (kept, gone):
        path = f"/products/{product['id']}/tags"
        await staff_client.put(path, json={"tag_ids": [tag["id"]]})
    await staff_client.delete(f"/products/{gone['id']}")

    queries = ["search=rare lamp", f"tag={tag['slug']}", f"category_id={category['id']}"]
    answers = [await client.get(f"/products?{query}") for query in queries]
    inside = await client.get(f"/categories/{category['id']}/products")

    for answer in (*answers, inside):
        assert [item["id"] for item in answer.json()["items"]] == [kept["id"]]
        assert answer.json()["total"] == 1


@pytest.mark.parametrize("field", ["slug", "sku"])
async def test_slug_and_sku_of_a_deleted_product_stay_taken(
    staff_client: AsyncClient,
    field: str,
) -> None:
    product = await create_deleted(staff_client)

    response = await staff_client.post("/products", json=product_data(**{field: product[field]}))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."


@pytest.mark.parametrize("path", ["{id}", "bulk?id={id}"])
async def test_category_with_only_deleted_products_can_be_deleted(
    staff_client: AsyncClient,
    path: str,
) -> None:
    category = await create_category(staff_client)
    product = await create_product(staff_client, category_id=category["id"])
    refused = await staff_client.delete(f"/categories/{category['id']}")
    await staff_client.delete(f"/products/{path.format(**product)}")

    response = await staff_client.delete(f"/categories/{category['id']}")

    assert (refused.status_code, response.status_code) == (409, 204)
# {% endcall %}
