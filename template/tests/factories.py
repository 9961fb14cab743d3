# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Bodies with sound defaults, so that a test shows only what matters."""

from itertools import count
from typing import Any

from httpx2 import AsyncClient

numbers = count(1)


def user_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    return {"username": f"user-{number}", "email": f"user-{number}@example.com"} | fields


async def create_user(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(client, "/users", user_data(**fields))


# {% if example == "shop" %}
def category_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    return {"name": f"Category {number}", "slug": f"category-{number}"} | fields


def product_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    names = {"name": f"Product {number}", "slug": f"product-{number}", "sku": f"SKU-{number}"}
    return names | {"price": "9.99"} | fields


def address_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    place = {"street": f"{number} Main Street", "city": "Berlin", "postal_code": "10115"}
    return place | {"country": "DE"} | fields


def tag_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    return {"name": f"Tag {number}", "slug": f"tag-{number}"} | fields


async def create_category(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(client, "/categories", category_data(**fields))


async def create_product(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(client, "/products", product_data(**fields))


async def create_tag(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(client, "/tags", tag_data(**fields))


async def create_address(client: AsyncClient, user_id: int, **fields: Any) -> dict[str, Any]:
    return await _create(client, f"/users/{user_id}/addresses", address_data(**fields))


# {% endif %}
async def _create(client: AsyncClient, path: str, data: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=data)
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created
# {% endcall %}
