# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Products of a category, with or without its subcategories."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.shop.factories import create_category, create_product

UNKNOWN_ID = 2**62


async def test_category_products_exclude_other_categories(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    other = await create_category(staff_client)
    inside = await create_product(staff_client, category_id=category["id"])
    await create_product(staff_client, category_id=other["id"])
    await create_product(staff_client)

    response = await client.get(f"/categories/{category['id']}/products")

    assert response.json()["items"] == [inside]
    assert response.json()["total"] == 1


async def test_category_products_can_be_filtered_and_paged(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    path = f"/categories/{category['id']}/products"
    for price in ("1.00", "2.00", "3.00"):
        await create_product(staff_client, price=price, category_id=category["id"])
    query = {"min_price": "2", "sort": "-price", "page_size": "1", "page": "2"}

    response = await client.get(path, params=query)

    assert [item["price"] for item in response.json()["items"]] == ["2.00"]
    assert response.json()["total"] == 2


async def test_products_of_an_unknown_category_are_404(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    unknown_id = category["id"] + 1000

    response = await client.get(f"/categories/{unknown_id}/products")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {unknown_id} does not exist."


async def test_category_products_reject_a_category_id_filter(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    path = f"/categories/{category['id']}/products"

    response = await client.get(path, params={"category_id": 1})

    assert response.status_code == 422


async def create_subtree(client: AsyncClient) -> list[dict[str, Any]]:
    """Store three nested categories; return them from the root down."""
    top = await create_category(client)
    middle = await create_category(client, parent_id=top["id"])
    bottom = await create_category(client, parent_id=middle["id"])
    return [top, middle, bottom]


@pytest.mark.parametrize(
    ("query", "found"),
    [("", [1]), ("include_subcategories=false", [1]), ("include_subcategories=true", [1, 2])],
)
async def test_products_of_subcategories_are_included_on_request(
    client: AsyncClient,
    staff_client: AsyncClient,
    query: str,
    found: list[int],
) -> None:
    subtree = await create_subtree(staff_client)
    for number, category in enumerate(subtree):
        await create_product(staff_client, category_id=category["id"], stock_quantity=number)
    await create_product(staff_client)
    path = f"/categories/{subtree[1]['id']}/products?sort=created_at&{query}"

    response = await client.get(path)
    same = await client.get(f"/products?category_id={subtree[1]['id']}&sort=created_at&{query}")

    assert [item["stock_quantity"] for item in response.json()["items"]] == found
    assert response.json()["total"] == len(found)
    assert same.json() == response.json()


async def test_products_of_subcategories_can_be_filtered_and_paged(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    subtree = await create_subtree(staff_client)
    for category, price in zip(subtree, ("1.00", "2.00", "3.00"), strict=True):
        await create_product(staff_client, category_id=category["id"], price=price)
    query = "include_subcategories=true&min_price=2&sort=-price&page_size=1&page=2"

    response = await client.get(f"/categories/{subtree[0]['id']}/products?{query}")

    assert [item["price"] for item in response.json()["items"]] == ["2.00"]
    assert response.json()["total"] == 2


async def test_products_of_subcategories_of_an_unknown_category_are_404(
    client: AsyncClient,
) -> None:
    response = await client.get(f"/categories/{UNKNOWN_ID}/products?include_subcategories=true")

    assert response.status_code == 404
# {% endcall %}
