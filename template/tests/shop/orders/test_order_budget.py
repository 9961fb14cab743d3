# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How many statements requests for orders cost, however many rows there are."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order, OrderItem, Product, User
from tests.factories import product_data, user_data
from tests.shop.orders.shopping import order_data
from tests.statements import Cost, counted_statements

ROWS = 15
BUDGET = [
    Cost("GET", "/orders", None, 2),
    Cost("GET", "/orders?user_id={user.id}&status=pending&sort=-total_amount", None, 2),
    Cost("GET", "/orders/statistics", None, 2),
    Cost("GET", "/orders/{order.id}", None, 2),
    Cost("PATCH", "/orders/{order.id}/status", {"status": "confirmed"}, 4),
    # The products are read by one statement; below is said how they are written.
    Cost("PATCH", "/orders/{order.id}/status", {"status": "cancelled"}, 6),
    Cost("GET", "/users/top-spenders", None, 1),
    Cost("GET", "/users/{user.id}/orders", None, 3),
]


async def fill(session: AsyncSession) -> Order:
    """Store more orders, and more items of each, than any request may cost statements."""
    products = [Product(**product_data(price=1, stock_quantity=9)) for _ in range(ROWS)]
    users = [User(**user_data()) for _ in range(ROWS)]
    orders = [
        Order(
            order_number=user.username,
            user=user,
            total_amount=ROWS,
            shipping_address="1 Main Street",
            items=[
                OrderItem(product=product, quantity=1, unit_price=1, total_price=1)
                for product in products
            ],
        )
        for user in users
    ]
    session.add_all(orders)
    await session.commit()
    return orders[0]


@pytest.mark.parametrize("cost", BUDGET, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_a_request_costs_this_many_statements_however_many_rows_there_are(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    cost: Cost,
) -> None:
    order = await fill(session)
    path = cost.path.format(order=order, user=order.user)

    with counted_statements(app) as statements:
        response = await client.request(cost.method, path, json=cost.body)

    assert response.status_code == 200
    assert len(different(statements)) == cost.statements, "\n".join(statements)


async def test_placing_an_order_costs_the_same_for_any_number_of_products(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    order = await fill(session)
    lines = [(item.product_id, 1) for item in order.items]

    with counted_statements(app) as statements:
        response = await client.post("/orders", json=order_data(order.user_id, *lines))

    assert response.status_code == 201
    assert len(different(statements)) == 7, "\n".join(statements)


def different(statements: list[str]) -> list[str]:
    """Leave out what is sent again: the change of a versioned row, for each product.

    Some drivers cannot tell how many rows many changes at once have met, and the version of each
    row needs to be met.
    """
    versioned = [one for one in statements if one.startswith("UPDATE products")]
    return [one for one in statements if one not in versioned] + versioned[:1]
# {% endcall %}
