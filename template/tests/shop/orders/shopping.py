# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Users who buy products: what the tests of orders start from."""

from decimal import Decimal
from itertools import count
from typing import Any

from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order, User
from tests.factories import user_data
from tests.staff import credentials, key_of

UNKNOWN = 2**62
numbers = count(1)


# {% if auth == "none" %}
def order_data(user_id: int, *lines: tuple[int, int]) -> dict[str, Any]:
    """Return an order of so many of each product, given as (product_id, quantity)."""
    items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]
    return {"user_id": user_id, "items": items, "shipping_address": "1 Main Street"}
# {% else %}
def order_data(_buyer: int, *lines: tuple[int, int]) -> dict[str, Any]:
    """Return an order of so many of each product, given as (product_id, quantity).

    Who buys is told by the key that is sent with it.
    """
    items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines]
    return {"items": items, "shipping_address": "1 Main Street"}
# {% endif %}


def an_order(user_id: int, amount: str, **fields: Any) -> Order:
    """Return an order without items, to be stored as it is."""
    data: dict[str, Any] = {
        "order_number": f"ORD-{next(numbers)}",
        "user_id": user_id,
        "total_amount": Decimal(amount),
        "shipping_address": "1 Main Street",
    }
    return Order(**data | fields)


async def add_user(session: AsyncSession, **fields: Any) -> int:
    """Store a user and return the key."""
    user = User(**user_data(**fields))
    session.add(user)
    # {% if auth != "none" %}
    await session.flush()
    session.add_all(credentials(user.id))
    # {% endif %}
    await session.commit()
    return user.id


async def place(client: AsyncClient, user_id: int, *lines: tuple[int, int]) -> Response:
    """Send an order."""
    return await client.post("/orders", json=order_data(user_id, *lines), headers=key_of(user_id))


async def stock_of(client: AsyncClient, product_id: int) -> int:
    """Return how many of a product are left."""
    response = await client.get(f"/products/{product_id}")
    left: int = response.json()["stock_quantity"]
    return left


async def change_status(client: AsyncClient, order_id: int, status: str) -> Response:
    """Ask for another status of an order."""
    return await client.patch(f"/orders/{order_id}/status", json={"status": status})
# {% endcall %}
# {% endcall %}
