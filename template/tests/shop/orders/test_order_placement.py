# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Placing an order: prices, stock, and requests that change nothing."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Notification, Product
from app.shop.orders.service import new_order_number
from tests.shop.factories import (
    UNKNOWN_ID,
    add_customer,
    create_product,
    order_body,
    place_order,
    stock_of,
)

ORDER_NUMBER = re.compile(r"ORD-\d{8}-[A-Z2-7]{10}")
DELETED = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)


async def test_order_stores_current_prices_and_reduces_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    lamp = await create_product(staff_client, price="19.99", stock_quantity=10)
    desk = await create_product(staff_client, price="0.10", stock_quantity=5)

    response = await place_order(staff_client, user_id, (desk["id"], 3), (lamp["id"], 7))

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
    assert await stock_of(staff_client, lamp["id"]) == 3
    assert await stock_of(staff_client, desk["id"]) == 2


async def test_repeated_product_becomes_one_item(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, price="2.50", stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 2), (product["id"], 3))
    left = await stock_of(staff_client, product["id"])

    assert response.status_code == 201
    assert [item["quantity"] for item in response.json()["items"]] == [5]
    assert response.json()["total_amount"] == "12.50"
    assert left == 0


async def test_price_change_does_not_affect_placed_orders(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, price="2.50", stock_quantity=5)
    placed = await place_order(staff_client, user_id, (product["id"], 1))

    await staff_client.patch(f"/products/{product['id']}", json={"price": "99.00"})
    found = await staff_client.get(placed.headers["Location"])

    assert found.json()["total_amount"] == "2.50"
    assert found.json()["items"][0]["unit_price"] == "2.50"


async def test_order_increments_the_product_version(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    path = f"/products/{product['id']}"
    seen = await staff_client.get(path)
    await place_order(staff_client, user_id, (product["id"], 1))

    headers = {"If-Match": seen.headers["ETag"]}
    response = await staff_client.patch(path, json={"stock_quantity": 5}, headers=headers)

    assert response.status_code == 412


async def test_largest_order_total_is_exact(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    dear = await create_product(staff_client, price="9999999990.00", stock_quantity=1)
    cheap = await create_product(staff_client, price="0.01", stock_quantity=999)

    response = await place_order(staff_client, user_id, (dear["id"], 1), (cheap["id"], 999))

    assert response.status_code == 201
    assert response.json()["total_amount"] == "9999999999.99"


async def test_customer_is_notified(staff_client: AsyncClient, session: AsyncSession) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, price="2.50", stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 1))
    order = response.json()
    statement = select(Notification.message).where(Notification.order_id == order["id"])
    messages = await session.scalars(statement)

    assert messages.all() == [f"We have received your order {order['order_number']} of 2.50."]


def remove_message(_mapper: Any, _connection: Any, notification: Notification) -> None:
    # NULL, which the database rejects.
    setattr(notification, "message", None)  # noqa: B010


async def test_order_is_stored_if_its_notification_fails(
    staff_client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)

    event.listen(Notification, "before_insert", remove_message)
    response = await place_order(staff_client, user_id, (product["id"], 2))
    event.remove(Notification, "before_insert", remove_message)
    found = await staff_client.get(response.headers["Location"])
    left = await stock_of(staff_client, product["id"])
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
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    fields: dict[str, Any],
    loc: list[str | int],
) -> None:
    response = await staff_client.post("/orders", json=order_body(1, (1, 1)) | fields)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", *loc]]


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        # {% if auth == "none" %}
        ({"deleted_at": DELETED}, 404, "User {} does not exist."),
        ({"is_active": False}, 409, "User {} is not active."),
        ({"is_active": False, "deleted_at": DELETED}, 404, "User {} does not exist."),
        # {% else %}
        ({"deleted_at": DELETED}, 401, "This API key is invalid or expired."),
        ({"is_active": False}, 401, "This API key is invalid or expired."),
        (
            {"is_active": False, "deleted_at": DELETED},
            401,
            "This API key is invalid or expired.",
        ),
        # {% endif %}
    ],
    ids=["deleted", "inactive", "deleted and inactive"],
)
async def test_only_active_users_can_place_orders(
    staff_client: AsyncClient,
    session: AsyncSession,
    fields: dict[str, Any],
    status: int,
    detail: str,
) -> None:
    user_id = await add_customer(session, **fields)
    product = await create_product(staff_client, stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 1))
    left = await stock_of(staff_client, product["id"])

    assert (response.status_code, response.json()["detail"]) == (status, detail.format(user_id))
    assert left == 5


# {% if auth == "none" %}
async def test_order_of_an_unknown_user_is_404(staff_client: AsyncClient) -> None:
    product = await create_product(staff_client, stock_quantity=5)

    response = await place_order(staff_client, UNKNOWN_ID, (product["id"], 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."


# {% endif %}
async def test_unknown_product_is_404_and_keeps_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 1), (UNKNOWN_ID, 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN_ID} does not exist."
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def test_deleted_product_is_404_and_keeps_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    gone = await create_product(staff_client, stock_quantity=5)
    await session.execute(
        update(Product).where(Product.id == gone["id"]).values(deleted_at=DELETED),
    )
    await session.commit()

    response = await place_order(staff_client, user_id, (product["id"], 1), (gone["id"], 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {gone['id']} does not exist."
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def test_inactive_product_is_409_and_keeps_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    hidden = await create_product(staff_client, name="Lamp", stock_quantity=5, is_active=False)

    response = await place_order(staff_client, user_id, (product["id"], 1), (hidden["id"], 1))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Product {hidden['id']} (Lamp) is not for sale."
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def test_insufficient_stock_is_409_and_reports_what_is_left(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    short = await create_product(staff_client, name="Lamp", stock_quantity=2)

    response = await place_order(staff_client, user_id, (product["id"], 1), (short["id"], 3))

    detail = f"Product {short['id']} (Lamp) is short: 2 left, 3 wanted."
    assert (response.status_code, response.json()["detail"]) == (409, detail)
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def test_quantities_of_a_repeated_product_are_summed_against_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 3), (product["id"], 3))

    assert response.status_code == 409
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def test_total_beyond_the_maximum_is_422(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, price="9999999999.99", stock_quantity=5)

    response = await place_order(staff_client, user_id, (product["id"], 2))

    detail = "The order would cost 19999999999.98; the most is 9999999999.99."
    assert (response.status_code, response.json()["detail"]) == (422, detail)
    await check_nothing_was_sold(staff_client, user_id, product["id"])


async def check_nothing_was_sold(client: AsyncClient, user_id: int, product_id: int) -> None:
    orders = await client.get("/orders", params={"user_id": user_id})
    assert orders.json()["total"] == 0
    assert await stock_of(client, product_id) == 5


def test_order_number_is_the_date_and_a_random_suffix() -> None:
    assert re.fullmatch(r"ORD-20261121-[A-Z2-7]{10}", new_order_number(MOMENT))


def test_order_numbers_of_one_moment_differ() -> None:
    numbers = {new_order_number(MOMENT) for _ in range(10_000)}

    assert len(numbers) == 10_000
# {% endcall %}
