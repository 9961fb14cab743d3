# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Bodies and rows of the shop with valid defaults, so that a test shows only what matters."""

from decimal import Decimal
from typing import Any

from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order, User
from tests import credentials
from tests.factories import numbers, user_data

UNKNOWN_ID = 2**62


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


# {% if auth == "none" %}
def order_body(user_id: int, *lines: tuple[int, int]) -> dict[str, Any]:
    """Order of a user; each line is (product_id, quantity)."""
    items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]
    return {"user_id": user_id, "items": items, "shipping_address": "1 Main Street"}
# {% else %}
def order_body(_user_id: int, *lines: tuple[int, int]) -> dict[str, Any]:
    """Order of the current user; each line is (product_id, quantity)."""
    items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]
    return {"items": items, "shipping_address": "1 Main Street"}
# {% endif %}


def order_row(user_id: int, amount: str, **fields: Any) -> Order:
    """Order without items, to be stored as it is."""
    data: dict[str, Any] = {
        "order_number": f"ORD-{next(numbers)}",
        "user_id": user_id,
        "total_amount": Decimal(amount),
        "shipping_address": "1 Main Street",
    }
    return Order(**data | fields)


async def create_category(staff_client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(staff_client, "/categories", category_data(**fields))


async def create_product(staff_client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(staff_client, "/products", product_data(**fields))


async def create_tag(staff_client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await _create(staff_client, "/tags", tag_data(**fields))


async def create_address(
    staff_client: AsyncClient,
    user_id: int,
    **fields: Any,
) -> dict[str, Any]:
    return await _create(staff_client, f"/users/{user_id}/addresses", address_data(**fields))


async def _create(client: AsyncClient, path: str, data: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=data)
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created


async def add_customer(session: AsyncSession, **fields: Any) -> int:
    """Store a user for whom `member_headers` act; return the id."""
    user = User(**user_data(**fields))
    session.add(user)
    await session.flush()
    # {% if auth != "none" %}
    session.add_all(credentials.member_credentials(user.id))
    # {% endif %}
    await session.commit()
    return user.id


async def place_order(client: AsyncClient, user_id: int, *lines: tuple[int, int]) -> Response:
    """Place an order as a user."""
    body, headers = order_body(user_id, *lines), credentials.member_headers(user_id)
    return await client.post("/orders", json=body, headers=headers)


async def stock_of(client: AsyncClient, product_id: int) -> int:
    """Stock quantity of a product."""
    response = await client.get(f"/products/{product_id}")
    quantity: int = response.json()["stock_quantity"]
    return quantity


async def change_status(staff_client: AsyncClient, order_id: int, status: str) -> Response:
    """Request another status of an order."""
    return await staff_client.patch(f"/orders/{order_id}/status", json={"status": status})
# {% endcall %}
