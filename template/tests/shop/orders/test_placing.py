# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Placing an order: what is sold, at which price, and what is left."""

import re
from typing import Any
from unittest.mock import Mock

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Notification
from tests.factories import create_product
from tests.shop.orders.shopping import add_user, order_data, place, stock_of

ORDER_NUMBER = re.compile(r"ORD-\d{8}-[A-Z2-7]{10}")


async def test_an_order_sells_its_items_at_the_prices_of_that_moment(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    lamp = await create_product(client, price="19.99", stock_quantity=10)
    desk = await create_product(client, price="0.10", stock_quantity=5)

    response = await place(client, user_id, (desk["id"], 3), (lamp["id"], 7))

    order = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/orders/{order['id']}"
    assert ORDER_NUMBER.fullmatch(order["order_number"])
    assert order == {
        "id": order["id"],
        "order_number": order["order_number"],
        "user_id": user_id,
        "status": "pending",
        "total_amount": "140.23",
        "shipping_address": "1 Main Street",
        "created_at": order["created_at"],
        "updated_at": order["updated_at"],
        "items": [
            {
                "product_id": lamp["id"],
                "quantity": 7,
                "unit_price": "19.99",
                "total_price": "139.93",
            },
            {
                "product_id": desk["id"],
                "quantity": 3,
                "unit_price": "0.10",
                "total_price": "0.30",
            },
        ],
    }
    assert await stock_of(client, lamp["id"]) == 3
    assert await stock_of(client, desk["id"]) == 2


async def test_a_product_named_twice_is_bought_in_the_sum_of_both(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, price="2.50", stock_quantity=5)

    response = await place(client, user_id, (product["id"], 2), (product["id"], 3))
    left = await stock_of(client, product["id"])

    assert response.status_code == 201
    assert [item["quantity"] for item in response.json()["items"]] == [5]
    assert response.json()["total_amount"] == "12.50"
    assert left == 0


async def test_a_later_price_does_not_change_an_order(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, price="2.50", stock_quantity=5)
    placed = await place(client, user_id, (product["id"], 1))

    await client.patch(f"/products/{product['id']}", json={"price": "99.00"})
    found = await client.get(placed.headers["Location"])

    assert found.json()["total_amount"] == "2.50"
    assert found.json()["items"][0]["unit_price"] == "2.50"


async def test_a_sale_gives_the_product_a_new_version(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    path = f"/products/{product['id']}"
    seen = await client.get(path)
    await place(client, user_id, (product["id"], 1))

    headers = {"If-Match": seen.headers["ETag"]}
    response = await client.patch(path, json={"stock_quantity": 5}, headers=headers)

    assert response.status_code == 412


async def test_the_largest_order_is_exact(client: AsyncClient, session: AsyncSession) -> None:
    user_id = await add_user(session)
    dear = await create_product(client, price="9999999990.00", stock_quantity=1)
    cheap = await create_product(client, price="0.01", stock_quantity=999)

    response = await place(client, user_id, (dear["id"], 1), (cheap["id"], 999))

    assert response.status_code == 201
    assert response.json()["total_amount"] == "9999999999.99"


async def test_the_buyer_is_notified(client: AsyncClient, session: AsyncSession) -> None:
    user_id = await add_user(session)
    product = await create_product(client, price="2.50", stock_quantity=5)

    response = await place(client, user_id, (product["id"], 1))
    order = response.json()
    statement = select(Notification.message).where(Notification.order_id == order["id"])
    messages = await session.scalars(statement)

    assert messages.all() == [f"We have received your order {order['order_number']} of 2.50."]


async def test_an_order_stands_though_its_notification_fails(
    client: AsyncClient,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    # No message at all, which the database refuses.
    monkeypatch.setattr("app.shop.orders.service.placed_message", Mock(return_value=None))

    response = await place(client, user_id, (product["id"], 2))
    found = await client.get(response.headers["Location"])
    left = await stock_of(client, product["id"])
    notifications = await session.scalars(
        select(Notification).where(Notification.order_id == response.json()["id"]),
    )

    assert (response.status_code, found.status_code, left) == (201, 200, 3)
    assert notifications.all() == []
    assert "an optional step failed" in caplog.text


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"items": []}, ["items"]),
        ({"items": [{"product_id": 1, "quantity": 1}] * 101}, ["items"]),
        ({"items": [{"product_id": 1, "quantity": 0}]}, ["items", 0, "quantity"]),
        ({"items": [{"product_id": 1, "quantity": 10_001}]}, ["items", 0, "quantity"]),
        ({"items": [{"product_id": 1, "quantity": 1.5}]}, ["items", 0, "quantity"]),
        ({"items": [{"product_id": 1, "quantity": "1"}]}, ["items", 0, "quantity"]),
        ({"items": [{"product_id": 2**64, "quantity": 1}]}, ["items", 0, "product_id"]),
        ({"items": [{"product_id": 1}]}, ["items", 0, "quantity"]),
        ({"items": [{"product_id": 1, "quantity": 1, "price": 0}]}, ["items", 0, "price"]),
        ({"shipping_address": "  "}, ["shipping_address"]),
        ({"shipping_address": "x" * 501}, ["shipping_address"]),
        ({"shipping_address": "nul \0 byte"}, ["shipping_address"]),
        ({"user_id": 0}, ["user_id"]),
        ({"user_id": None}, ["user_id"]),
        ({"status": "delivered"}, ["status"]),
        ({"total_amount": "0.01"}, ["total_amount"]),
    ],
)
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    fields: dict[str, Any],
    loc: list[str | int],
) -> None:
    response = await client.post("/orders", json=order_data(1, (1, 1)) | fields)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", *loc]]
# {% endcall %}
