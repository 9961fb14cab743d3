# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The lists of orders, and one order as a whole."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories import create_product
from tests.shop.orders.shopping import UNKNOWN, add_user, change_status, place


async def place_orders(client: AsyncClient, user_id: int, quantities: list[int]) -> list[int]:
    """Place an order for each quantity of one product; return their keys."""
    product = await create_product(client, price="10.00", stock_quantity=sum(quantities))
    orders = [await place(client, user_id, (product["id"], quantity)) for quantity in quantities]
    return [order.json()["id"] for order in orders]


async def test_a_page_holds_the_orders_without_their_items(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    keys = await place_orders(client, user_id, [1, 2, 3])
    newest = await client.get(f"/orders/{keys[2]}")

    response = await client.get("/orders", params={"user_id": user_id, "page_size": 1})

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
async def test_the_list_is_sorted_as_asked(
    client: AsyncClient,
    session: AsyncSession,
    sort: str,
    positions: list[int],
) -> None:
    user_id = await add_user(session)
    keys = await place_orders(client, user_id, [10, 1, 2])

    response = await client.get("/orders", params={"user_id": user_id, "sort": sort})

    found = [item["id"] for item in response.json()["items"]]
    assert found == [keys[position] for position in positions]


async def test_the_list_takes_only_what_has_the_status(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    keys = await place_orders(client, user_id, [1, 1, 1])
    await change_status(client, keys[1], "confirmed")

    response = await client.get(f"/orders?user_id={user_id}&status=confirmed")

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
async def test_a_parameter_against_its_rule_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/orders", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


async def test_one_order_comes_with_what_its_items_are_called(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, price="10.00", stock_quantity=2)
    placed = await place(client, user_id, (product["id"], 2))

    response = await client.get(placed.headers["Location"])

    names = {name: product[name] for name in ("name", "sku", "slug")}
    item = placed.json()["items"][0] | {"product": names}
    assert response.status_code == 200
    assert response.json() == placed.json() | {"items": [item]}


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"{UNKNOWN}", 404), ("0", 422), ("x", 422), (f"{2**64}", 422)],
)
async def test_an_order_that_cannot_be_found(client: AsyncClient, path: str, status: int) -> None:
    response = await client.get(f"/orders/{path}")

    assert response.status_code == status


async def test_the_orders_of_a_user_are_those_of_nobody_else(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_user(session), await add_user(session)
    keys = await place_orders(client, user_id, [1, 2])
    await place_orders(client, other_id, [1])
    await change_status(client, keys[0], "cancelled")

    everything = await client.get(f"/users/{user_id}/orders?sort=created_at")
    pending = await client.get(f"/users/{user_id}/orders?status=pending")

    assert [item["id"] for item in everything.json()["items"]] == keys
    assert [item["id"] for item in pending.json()["items"]] == keys[1:]
    assert everything.json()["total"] == 2


async def test_the_orders_of_an_unknown_user_are_404(client: AsyncClient) -> None:
    response = await client.get(f"/users/{UNKNOWN}/orders")

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN} does not exist."


async def test_the_orders_of_a_user_take_no_other_user(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)

    response = await client.get(f"/users/{user_id}/orders?user_id=1")

    assert response.status_code == 422
# {% endcall %}
