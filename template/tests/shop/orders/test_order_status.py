# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""An order changes its status over HTTP, and gives its items back when it is cancelled."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories import create_product
from tests.shop.orders.shopping import UNKNOWN, add_user, change_status, place, stock_of

WAYS = {
    "pending": (),
    "confirmed": ("confirmed",),
    "shipped": ("confirmed", "shipped"),
    "delivered": ("confirmed", "shipped", "delivered"),
    "cancelled": ("cancelled",),
}
ALLOWED = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "shipped"),
    ("confirmed", "cancelled"),
    ("shipped", "delivered"),
}


async def place_order(client: AsyncClient, session: AsyncSession) -> tuple[int, int, int]:
    """Buy two lamps and one desk; return the keys of order, lamp and desk."""
    user_id = await add_user(session)
    lamp = await create_product(client, stock_quantity=5)
    desk = await create_product(client, stock_quantity=5)
    response = await place(client, user_id, (lamp["id"], 2), (desk["id"], 1))
    return response.json()["id"], lamp["id"], desk["id"]


@pytest.mark.parametrize("new", WAYS)
@pytest.mark.parametrize("current", WAYS)
async def test_an_order_takes_allowed_steps_only(
    client: AsyncClient,
    session: AsyncSession,
    current: str,
    new: str,
) -> None:
    order_id, _, _ = await place_order(client, session)
    for step in WAYS[current]:
        await change_status(client, order_id, step)

    response = await change_status(client, order_id, new)
    found = await client.get(f"/orders/{order_id}")

    if (current, new) in ALLOWED:
        assert (response.status_code, response.json()["status"]) == (200, new)
        assert found.json()["status"] == new
    else:
        assert response.status_code == 409
        assert response.json()["detail"] == f"An order that is {current} cannot become {new}."
        assert found.json()["status"] == current


@pytest.mark.parametrize("way", [(), ("confirmed",)], ids=["pending", "confirmed"])
async def test_an_order_that_is_cancelled_gives_its_items_back_once(
    client: AsyncClient,
    session: AsyncSession,
    way: tuple[str, ...],
) -> None:
    order_id, lamp_id, desk_id = await place_order(client, session)
    for step in way:
        await change_status(client, order_id, step)
    sold = [await stock_of(client, lamp_id), await stock_of(client, desk_id)]

    cancelled = await change_status(client, order_id, "cancelled")
    again = await change_status(client, order_id, "cancelled")
    back = [await stock_of(client, lamp_id), await stock_of(client, desk_id)]

    assert (cancelled.status_code, again.status_code) == (200, 409)
    assert (sold, back) == ([3, 4], [5, 5])


async def test_a_step_forward_leaves_the_stock_alone(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, _ = await place_order(client, session)

    for step in ("confirmed", "shipped", "delivered"):
        await change_status(client, order_id, step)

    assert await stock_of(client, lamp_id) == 3


async def test_the_answer_tells_the_items_and_a_new_moment(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, desk_id = await place_order(client, session)
    before = await client.get(f"/orders/{order_id}")

    response = await change_status(client, order_id, "confirmed")

    assert [item["product_id"] for item in response.json()["items"]] == [lamp_id, desk_id]
    assert response.json()["updated_at"] > before.json()["updated_at"]
    assert response.json()["created_at"] == before.json()["created_at"]


async def test_too_full_a_stock_takes_nothing_back(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, desk_id = await place_order(client, session)
    await client.patch(f"/products/{desk_id}", json={"stock_quantity": 2**31 - 1})

    response = await change_status(client, order_id, "cancelled")
    found = await client.get(f"/orders/{order_id}")

    assert response.status_code == 409
    assert found.json()["status"] == "pending"
    assert await stock_of(client, lamp_id) == 3


async def test_an_unknown_order_is_404(client: AsyncClient) -> None:
    response = await change_status(client, UNKNOWN, "confirmed")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Order {UNKNOWN} does not exist."


@pytest.mark.parametrize("body", [{}, {"status": "lost"}, {"status": None}, {"state": "shipped"}])
async def test_what_is_no_status_is_422(client: AsyncClient, body: dict[str, str]) -> None:
    response = await client.patch("/orders/1/status", json=body)

    assert response.status_code == 422
# {% endcall %}
