# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Lists of orders, and a single order."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.shop.factories import (
    UNKNOWN_ID,
    add_customer,
    change_status,
    create_product,
    place_order,
)


async def place_orders(client: AsyncClient, user_id: int, quantities: list[int]) -> list[int]:
    """Place an order per quantity of one product; return their ids."""
    product = await create_product(client, price="10.00", stock_quantity=sum(quantities))
    lines = [(product["id"], quantity) for quantity in quantities]
    orders = [await place_order(client, user_id, line) for line in lines]
    return [order.json()["id"] for order in orders]


async def test_list_returns_orders_without_items(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    keys = await place_orders(staff_client, user_id, [1, 2, 3])
    newest = await staff_client.get(f"/orders/{keys[2]}")

    response = await staff_client.get("/orders", params={"user_id": user_id, "page_size": 1})

    page = response.json()
    expected = newest.json()
    del expected["items"]
    assert response.status_code == 200
    assert page["items"] == [expected]
    assert (page["total"], page["pages"], page["has_next"]) == (3, 3, True)


@pytest.mark.parametrize(
    ("sort", "positions"),
    [
        ("created_at", [0, 1, 2]),
        ("-created_at", [2, 1, 0]),
        ("total_amount", [1, 2, 0]),
        ("-total_amount", [0, 2, 1]),
    ],
)
async def test_orders_are_sorted_by_the_requested_field(
    staff_client: AsyncClient,
    session: AsyncSession,
    sort: str,
    positions: list[int],
) -> None:
    user_id = await add_customer(session)
    keys = await place_orders(staff_client, user_id, [10, 1, 2])

    response = await staff_client.get("/orders", params={"user_id": user_id, "sort": sort})

    found = [item["id"] for item in response.json()["items"]]
    assert found == [keys[position] for position in positions]


async def test_orders_are_filtered_by_status(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    keys = await place_orders(staff_client, user_id, [1, 1, 1])
    await change_status(staff_client, keys[1], "confirmed")

    response = await staff_client.get(f"/orders?user_id={user_id}&status=confirmed")

    assert [item["id"] for item in response.json()["items"]] == [keys[1]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page_size", "101"),
        ("status", "lost"),
        ("sort", "id"),
        ("user_id", "0"),
        ("state", "pending"),
    ],
)
async def test_invalid_query_parameter_is_422_and_named(
    staff_client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await staff_client.get("/orders", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


async def test_order_includes_product_names(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, price="10.00", stock_quantity=2)
    placed = await place_order(staff_client, user_id, (product["id"], 2))

    response = await staff_client.get(placed.headers["Location"])

    names = {name: product[name] for name in ("name", "sku", "slug")}
    item = placed.json()["items"][0] | {"product": names}
    assert response.status_code == 200
    assert response.json() == placed.json() | {"items": [item]}


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"{UNKNOWN_ID}", 404), ("0", 422), ("x", 422), (f"{2**64}", 422)],
)
async def test_unknown_or_invalid_order_id(
    staff_client: AsyncClient,
    path: str,
    status: int,
) -> None:
    response = await staff_client.get(f"/orders/{path}")

    assert response.status_code == status


async def test_user_orders_exclude_orders_of_other_users(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_customer(session), await add_customer(session)
    keys = await place_orders(staff_client, user_id, [1, 2])
    await place_orders(staff_client, other_id, [1])
    await change_status(staff_client, keys[0], "cancelled")

    everything = await staff_client.get(f"/users/{user_id}/orders?sort=created_at")
    pending = await staff_client.get(f"/users/{user_id}/orders?status=pending")

    assert [item["id"] for item in everything.json()["items"]] == keys
    assert [item["id"] for item in pending.json()["items"]] == keys[1:]
    assert everything.json()["total"] == 2


async def test_orders_of_an_unknown_user_are_404(staff_client: AsyncClient) -> None:
    response = await staff_client.get(f"/users/{UNKNOWN_ID}/orders")

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."


async def test_user_orders_reject_a_user_id_filter(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)

    response = await staff_client.get(f"/users/{user_id}/orders?user_id=1")

    assert response.status_code == 422
# {% endcall %}
