# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access to orders: members see and cancel their own, staff manage all."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.models import IdempotencyRecord, Order
from tests.auth.users import add_user, member_client
from tests.credentials import member_headers
from tests.shop.access import limit_scopes
from tests.shop.factories import (
    UNKNOWN_ID,
    add_customer,
    change_status,
    create_product,
    order_body,
    place_order,
    stock_of,
)

STEPS = ["pending", "confirmed", "shipped", "delivered"]
KEY = {"Idempotency-Key": "a-key-that-two-users-chose"}


async def placed_order(client: AsyncClient, user_id: int) -> dict[str, Any]:
    """Place an order of a new product; return the order."""
    product = await create_product(client, stock_quantity=5)
    response = await place_order(client, user_id, (product["id"], 1))
    assert response.status_code == 201
    order: dict[str, Any] = response.json()
    return order


async def test_order_belongs_to_the_current_user(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    product = await create_product(staff_client, stock_quantity=5)
    async with member_client(app, session, user["id"]) as member:
        response = await member.post("/orders", json=order_body(0, (product["id"], 1)))
        found = await member.get(response.headers["Location"])

    assert response.status_code == 201
    assert response.json()["user_id"] == found.json()["user_id"] == user["id"]


@pytest.mark.parametrize("own", [True, False])
async def test_order_body_rejects_user_id(
    staff_client: AsyncClient,
    session: AsyncSession,
    *,
    own: bool,
) -> None:
    user_id, other_id = await add_customer(session), await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    body = order_body(0, (product["id"], 1)) | {"user_id": user_id if own else other_id}

    response = await staff_client.post("/orders", json=body, headers=member_headers(user_id))
    left = await stock_of(staff_client, product["id"])

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", "user_id"]]
    assert left == 5


async def test_member_lists_own_orders_only(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_customer(session), await add_customer(session)
    own = await placed_order(staff_client, user_id)
    await placed_order(staff_client, other_id)

    listed = await staff_client.get("/orders", headers=member_headers(user_id))
    of_other = await staff_client.get(
        f"/orders?user_id={other_id}",
        headers=member_headers(user_id),
    )
    of_own = await staff_client.get(f"/orders?user_id={user_id}", headers=member_headers(user_id))

    assert [order["id"] for order in listed.json()["items"]] == [own["id"]]
    assert listed.json()["total"] == of_own.json()["total"] == 1
    # As if the other user had no orders.
    assert (of_other.status_code, of_other.json()["items"]) == (200, [])
    assert of_other.json()["total"] == 0


async def test_staff_list_all_orders_or_those_of_one_user(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    users = [await add_customer(session), await add_customer(session)]
    orders = [await placed_order(staff_client, user_id) for user_id in users]

    everything = await staff_client.get("/orders?sort=created_at")
    of_one = await staff_client.get(f"/orders?user_id={users[1]}")

    assert [order["id"] for order in everything.json()["items"]] == [one["id"] for one in orders]
    assert [order["id"] for order in of_one.json()["items"]] == [orders[1]["id"]]


async def test_order_of_another_user_is_404(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    order = await placed_order(staff_client, user_id)
    other_member = member_headers(await add_customer(session))

    read = await staff_client.get(f"/orders/{order['id']}", headers=other_member)
    unknown = await staff_client.get(f"/orders/{UNKNOWN_ID}", headers=other_member)
    cancelled = await staff_client.patch(
        f"/orders/{order['id']}/status",
        json={"status": "cancelled"},
        headers=other_member,
    )
    found = await staff_client.get(f"/orders/{order['id']}", headers=member_headers(user_id))

    assert (read.status_code, unknown.status_code, cancelled.status_code) == (404, 404, 404)
    assert read.json()["detail"] == f"Order {order['id']} does not exist."
    assert found.json()["status"] == "pending"


async def test_member_can_cancel_an_own_order(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    order = await placed_order(staff_client, user_id)

    response = await staff_client.patch(
        f"/orders/{order['id']}/status",
        json={"status": "cancelled"},
        headers=member_headers(user_id),
    )
    left = await stock_of(staff_client, order["items"][0]["product_id"])

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert left == 5


@pytest.mark.parametrize("status", STEPS)
async def test_member_cannot_set_another_status(
    staff_client: AsyncClient,
    session: AsyncSession,
    status: str,
) -> None:
    user_id = await add_customer(session)
    order = await placed_order(staff_client, user_id)

    response = await staff_client.patch(
        f"/orders/{order['id']}/status",
        json={"status": status},
        headers=member_headers(user_id),
    )
    found = await staff_client.get(f"/orders/{order['id']}")

    assert response.status_code == 403
    assert response.json()["detail"] == "This requires the scope orders:manage."
    assert found.json()["status"] == "pending"


async def test_staff_can_set_every_status(staff_client: AsyncClient, session: AsyncSession) -> None:
    order = await placed_order(staff_client, await add_customer(session))

    responses = [await change_status(staff_client, order["id"], status) for status in STEPS[1:]]

    assert [response.json()["status"] for response in responses] == STEPS[1:]


async def test_staff_key_without_orders_scope_sees_own_orders_only(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    order = await placed_order(staff_client, await add_customer(session))
    await limit_scopes(session, Scope.CATALOG, Scope.USERS, Scope.SHOP)

    found = await staff_client.get(f"/orders/{order['id']}")
    listed = await staff_client.get("/orders")

    assert (found.status_code, listed.json()["total"]) == (404, 0)


@pytest.mark.parametrize("path", ["/orders/statistics", "/users/top-spenders"])
async def test_members_cannot_read_order_statistics(
    staff_client: AsyncClient,
    session: AsyncSession,
    path: str,
) -> None:
    user_id = await add_customer(session)

    response = await staff_client.get(path, headers=member_headers(user_id))

    assert response.status_code == 403
    assert response.json()["detail"] == "This requires the scope orders:manage."


async def order(client: AsyncClient, user_id: int, product_id: int) -> Response:
    """Place an order with the same Idempotency-Key."""
    body = order_body(user_id, (product_id, 1))
    return await client.post("/orders", json=body, headers=KEY | member_headers(user_id))


async def test_idempotency_keys_are_scoped_to_the_user(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    first_id, second_id = await add_customer(session), await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)

    first = await order(staff_client, first_id, product["id"])
    second = await order(staff_client, second_id, product["id"])
    again = await order(staff_client, first_id, product["id"])

    orders = await session.scalar(select(func.count()).select_from(Order))
    answers = await session.scalar(select(func.count()).select_from(IdempotencyRecord))
    assert [first.json()["user_id"], second.json()["user_id"]] == [first_id, second_id]
    assert "Idempotency-Replayed" not in second.headers
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert (orders, answers) == (2, 2)
# {% endcall %}
