# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""An order belongs to the user who placed it: nobody else finds it, and staff look after all."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from tests.auth.people import add_person, signed_in
from tests.auth.world import limit_scopes
from tests.factories import create_product
from tests.shop.orders.shopping import UNKNOWN, add_user, change_status, order_data, place, stock_of
from tests.staff import key_of

STEPS = ["pending", "confirmed", "shipped", "delivered"]


async def placed(client: AsyncClient, user_id: int) -> dict[str, Any]:
    """Let a user buy one of a new product; return the order."""
    product = await create_product(client, stock_quantity=5)
    response = await place(client, user_id, (product["id"], 1))
    assert response.status_code == 201
    order: dict[str, Any] = response.json()
    return order


async def test_who_signs_in_and_orders_is_the_buyer(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    product = await create_product(client, stock_quantity=5)
    async with signed_in(app, session, person["id"]) as buyer:
        response = await buyer.post("/orders", json=order_data(0, (product["id"], 1)))
        found = await buyer.get(response.headers["Location"])

    assert response.status_code == 201
    assert response.json()["user_id"] == found.json()["user_id"] == person["id"]


@pytest.mark.parametrize("own", [True, False])
async def test_no_order_names_its_buyer(
    client: AsyncClient,
    session: AsyncSession,
    *,
    own: bool,
) -> None:
    user_id, other_id = await add_user(session), await add_user(session)
    product = await create_product(client, stock_quantity=5)
    body = order_data(0, (product["id"], 1)) | {"user_id": user_id if own else other_id}

    response = await client.post("/orders", json=body, headers=key_of(user_id))
    left = await stock_of(client, product["id"])

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", "user_id"]]
    assert left == 5


async def test_the_list_holds_the_own_orders_only(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_user(session), await add_user(session)
    own = await placed(client, user_id)
    await placed(client, other_id)

    listed = await client.get("/orders", headers=key_of(user_id))
    of_other = await client.get(f"/orders?user_id={other_id}", headers=key_of(user_id))
    of_own = await client.get(f"/orders?user_id={user_id}", headers=key_of(user_id))

    assert [order["id"] for order in listed.json()["items"]] == [own["id"]]
    assert listed.json()["total"] == of_own.json()["total"] == 1
    # As if the other one had never ordered.
    assert (of_other.status_code, of_other.json()["items"]) == (200, [])
    assert of_other.json()["total"] == 0


async def test_staff_see_all_orders_or_those_of_one_user(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    users = [await add_user(session), await add_user(session)]
    orders = [await placed(client, user_id) for user_id in users]

    everything = await client.get("/orders?sort=created_at")
    of_one = await client.get(f"/orders?user_id={users[1]}")

    assert [order["id"] for order in everything.json()["items"]] == [one["id"] for one in orders]
    assert [order["id"] for order in of_one.json()["items"]] == [orders[1]["id"]]


async def test_the_order_of_another_user_is_one_that_does_not_exist(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    order = await placed(client, user_id)
    stranger = key_of(await add_user(session))

    read = await client.get(f"/orders/{order['id']}", headers=stranger)
    unknown = await client.get(f"/orders/{UNKNOWN}", headers=stranger)
    cancelled = await client.patch(
        f"/orders/{order['id']}/status",
        json={"status": "cancelled"},
        headers=stranger,
    )
    found = await client.get(f"/orders/{order['id']}", headers=key_of(user_id))

    assert (read.status_code, unknown.status_code, cancelled.status_code) == (404, 404, 404)
    assert read.json()["detail"] == f"Order {order['id']} does not exist."
    assert found.json()["status"] == "pending"


async def test_the_owner_may_cancel(client: AsyncClient, session: AsyncSession) -> None:
    user_id = await add_user(session)
    order = await placed(client, user_id)

    response = await client.patch(
        f"/orders/{order['id']}/status",
        json={"status": "cancelled"},
        headers=key_of(user_id),
    )
    left = await stock_of(client, order["items"][0]["product_id"])

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert left == 5


@pytest.mark.parametrize("status", STEPS)
async def test_the_owner_takes_no_other_step(
    client: AsyncClient,
    session: AsyncSession,
    status: str,
) -> None:
    user_id = await add_user(session)
    order = await placed(client, user_id)

    response = await client.patch(
        f"/orders/{order['id']}/status",
        json={"status": status},
        headers=key_of(user_id),
    )
    found = await client.get(f"/orders/{order['id']}")

    assert response.status_code == 403
    assert response.json()["detail"] == "This needs the scope orders:manage."
    assert found.json()["status"] == "pending"


async def test_staff_take_every_step(client: AsyncClient, session: AsyncSession) -> None:
    order = await placed(client, await add_user(session))

    responses = [await change_status(client, order["id"], status) for status in STEPS[1:]]

    assert [response.json()["status"] for response in responses] == STEPS[1:]


async def test_a_key_of_staff_that_only_buys_sees_the_own_orders_only(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    order = await placed(client, await add_user(session))
    await limit_scopes(session, Scope.CATALOG, Scope.USERS, Scope.SHOP)

    found = await client.get(f"/orders/{order['id']}")
    listed = await client.get("/orders")

    assert (found.status_code, listed.json()["total"]) == (404, 0)


@pytest.mark.parametrize("path", ["/orders/statistics", "/users/top-spenders"])
async def test_what_all_orders_add_up_to_is_not_for_members(
    client: AsyncClient,
    session: AsyncSession,
    path: str,
) -> None:
    user_id = await add_user(session)

    response = await client.get(path, headers=key_of(user_id))

    assert response.status_code == 403
    assert response.json()["detail"] == "This needs the scope orders:manage."
# {% endcall %}
