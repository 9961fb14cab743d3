# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Products over HTTP: what a client can do with one, and what is refused."""

from datetime import datetime, timedelta

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product, product_data

NOBODY = 2**62


async def test_a_new_product_is_found_where_location_says(client: AsyncClient) -> None:
    category = await create_category(client)
    data = product_data(
        description="It glows",
        price="19.90",
        stock_quantity=7,
        is_active=False,
        category_id=category["id"],
    )

    response = await client.post("/products", json=data)
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


async def test_a_product_needs_no_more_than_its_names_and_its_price(client: AsyncClient) -> None:
    created = await create_product(client)
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
async def test_a_second_product_of_the_same_name_is_409_and_says_which(
    client: AsyncClient,
    field: str,
) -> None:
    first = await create_product(client)

    response = await client.post("/products", json=product_data(**{field: first[field]}))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."


async def test_a_change_cannot_take_the_slug_of_another_product(client: AsyncClient) -> None:
    first = await create_product(client)
    second = await create_product(client)
    path = f"/products/{second['id']}"

    response = await client.patch(path, json={"slug": first["slug"], "name": "New"})
    found = await client.get(f"/products/slug/{second['slug']}")

    assert response.status_code == 409
    assert found.json()["name"] == second["name"]


async def test_a_category_that_does_not_exist_is_409(client: AsyncClient) -> None:
    response = await client.post("/products", json=product_data(category_id=NOBODY))

    assert response.status_code == 409


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_product_is_404_and_says_which(client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else product_data()

    response = await client.request(method, f"/products/{NOBODY}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {NOBODY} does not exist."


async def test_a_product_is_found_by_its_slug_with_its_category(client: AsyncClient) -> None:
    category = await create_category(client)
    product = await create_product(client, category_id=category["id"])

    response = await client.get(f"/products/slug/{product['slug']}")

    assert response.status_code == 200
    assert response.json()["id"] == product["id"]
    assert response.json()["category"]["slug"] == category["slug"]


@pytest.mark.parametrize("sku", ["LAMP-1.B", "lamp-1.b", "Lamp-1.b"])
async def test_a_product_is_found_by_its_sku_in_any_case(client: AsyncClient, sku: str) -> None:
    product = await create_product(client, sku="lamp-1.b")

    response = await client.get(f"/products/sku/{sku}")

    assert response.status_code == 200
    assert response.json()["id"] == product["id"]
    assert response.json()["sku"] == "LAMP-1.B"


@pytest.mark.parametrize("path", ["slug/nothing-here", "sku/nothing-here"])
async def test_an_unknown_slug_or_sku_is_404_and_says_which(
    client: AsyncClient,
    path: str,
) -> None:
    response = await client.get(f"/products/{path}")

    name = path.partition("/")[2]
    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {name} does not exist."


async def test_put_resets_what_it_leaves_out(client: AsyncClient) -> None:
    category = await create_category(client)
    before = await create_product(
        client,
        description="Old",
        stock_quantity=7,
        is_active=False,
        category_id=category["id"],
    )
    data = product_data()

    response = await client.put(f"/products/{before['id']}", json=data)

    after = response.json()
    assert response.status_code == 200
    assert after == before | data | {
        "description": None,
        "stock_quantity": 0,
        "is_active": True,
        "category_id": None,
        "updated_at": after["updated_at"],
    }


async def test_patch_changes_only_what_it_names(client: AsyncClient) -> None:
    before = await create_product(client, description="Old", stock_quantity=7, is_active=False)

    response = await client.patch(f"/products/{before['id']}", json={"price": "5.00"})
    after = await client.get(f"/products/{before['id']}")

    changed = {"price": "5.00", "updated_at": after.json()["updated_at"]}
    assert response.status_code == 200
    assert response.json() == before | changed
    assert after.json() == before | changed | {"category": None, "tags": []}


@pytest.mark.parametrize("field", ["description", "category_id"])
async def test_patch_with_null_empties_an_optional_field(client: AsyncClient, field: str) -> None:
    category = await create_category(client)
    before = await create_product(client, description="Old", category_id=category["id"])

    response = await client.patch(f"/products/{before['id']}", json={field: None})
    after = await client.get(f"/products/{before['id']}")

    assert response.status_code == 200
    assert after.json()[field] is None


@pytest.mark.parametrize("field", ["name", "slug", "sku", "price", "stock_quantity", "is_active"])
async def test_patch_with_null_is_refused_for_a_required_field(
    client: AsyncClient,
    field: str,
) -> None:
    product = await create_product(client)

    response = await client.patch(f"/products/{product['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_a_change_moves_updated_at_and_not_created_at(client: AsyncClient) -> None:
    before = await create_product(client)

    await client.patch(f"/products/{before['id']}", json={"name": "New"})
    after = await client.get(f"/products/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]


async def test_a_deleted_product_is_gone(client: AsyncClient) -> None:
    product = await create_product(client)
    path = f"/products/{product['id']}"

    response = await client.delete(path)
    again = await client.delete(path)
    found = await client.get(path)

    assert (response.status_code, response.content) == (204, b"")
    assert (again.status_code, found.status_code) == (404, 404)
# {% endcall %}
