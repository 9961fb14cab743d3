# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Status of an order: allowed changes, and stock after a cancellation."""

from itertools import product as pairs_of

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict
from app.models import OrderStatus
from app.shop.orders.service import require_step
from tests.shop.factories import (
    UNKNOWN_ID,
    add_customer,
    change_status,
    create_product,
    place_order,
    stock_of,
)

ALLOWED = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "shipped"),
    ("confirmed", "cancelled"),
    ("shipped", "delivered"),
}
PAIRS = set(pairs_of(["pending", "confirmed", "shipped", "delivered", "cancelled"], repeat=2))
STEPS = {
    "pending": (),
    "confirmed": ("confirmed",),
    "shipped": ("confirmed", "shipped"),
    "delivered": ("confirmed", "shipped", "delivered"),
    "cancelled": ("cancelled",),
}


def test_all_status_pairs_are_tested() -> None:
    assert len(PAIRS) == len(OrderStatus) ** 2


@pytest.mark.parametrize(("current", "new"), sorted(ALLOWED))
def test_allowed_status_change(current: str, new: str) -> None:
    require_step(OrderStatus(current), OrderStatus(new))


@pytest.mark.parametrize(("current", "new"), sorted(PAIRS - ALLOWED))
def test_forbidden_status_change_is_a_conflict(current: str, new: str) -> None:
    with pytest.raises(Conflict, match=f"^An order that is {current} cannot become {new}.$"):
        require_step(OrderStatus(current), OrderStatus(new))


async def place_new_order(client: AsyncClient, session: AsyncSession) -> tuple[int, int, int]:
    """Order two lamps and a desk; return the ids of order, lamp and desk."""
    user_id = await add_customer(session)
    lamp = await create_product(client, stock_quantity=5)
    desk = await create_product(client, stock_quantity=5)
    response = await place_order(client, user_id, (lamp["id"], 2), (desk["id"], 1))
    return response.json()["id"], lamp["id"], desk["id"]


@pytest.mark.parametrize("new", STEPS)
@pytest.mark.parametrize("current", STEPS)
async def test_only_allowed_status_changes_succeed(
    staff_client: AsyncClient,
    session: AsyncSession,
    current: str,
    new: str,
) -> None:
    order_id, _, _ = await place_new_order(staff_client, session)
    for step in STEPS[current]:
        await change_status(staff_client, order_id, step)

    response = await change_status(staff_client, order_id, new)
    found = await staff_client.get(f"/orders/{order_id}")

    if (current, new) in ALLOWED:
        assert (response.status_code, response.json()["status"]) == (200, new)
        assert found.json()["status"] == new
    else:
        assert response.status_code == 409
        assert response.json()["detail"] == f"An order that is {current} cannot become {new}."
        assert found.json()["status"] == current


@pytest.mark.parametrize("way", [(), ("confirmed",)], ids=["pending", "confirmed"])
async def test_cancelling_an_order_releases_stock_once(
    staff_client: AsyncClient,
    session: AsyncSession,
    way: tuple[str, ...],
) -> None:
    order_id, lamp_id, desk_id = await place_new_order(staff_client, session)
    for step in way:
        await change_status(staff_client, order_id, step)
    sold = [await stock_of(staff_client, lamp_id), await stock_of(staff_client, desk_id)]

    cancelled = await change_status(staff_client, order_id, "cancelled")
    again = await change_status(staff_client, order_id, "cancelled")
    back = [await stock_of(staff_client, lamp_id), await stock_of(staff_client, desk_id)]

    assert (cancelled.status_code, again.status_code) == (200, 409)
    assert (sold, back) == ([3, 4], [5, 5])


async def test_other_status_changes_keep_stock(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, _ = await place_new_order(staff_client, session)

    for step in ("confirmed", "shipped", "delivered"):
        await change_status(staff_client, order_id, step)

    assert await stock_of(staff_client, lamp_id) == 3


async def test_status_change_returns_items_and_updated_at(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, desk_id = await place_new_order(staff_client, session)
    before = await staff_client.get(f"/orders/{order_id}")

    response = await change_status(staff_client, order_id, "confirmed")

    assert [item["product_id"] for item in response.json()["items"]] == [lamp_id, desk_id]
    assert response.json()["updated_at"] > before.json()["updated_at"]
    assert response.json()["created_at"] == before.json()["created_at"]


async def test_cancelling_is_409_if_stock_would_overflow(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    order_id, lamp_id, desk_id = await place_new_order(staff_client, session)
    await staff_client.patch(f"/products/{desk_id}", json={"stock_quantity": 2**31 - 1})

    response = await change_status(staff_client, order_id, "cancelled")
    found = await staff_client.get(f"/orders/{order_id}")

    assert response.status_code == 409
    assert found.json()["status"] == "pending"
    assert await stock_of(staff_client, lamp_id) == 3


async def test_status_of_an_unknown_order_is_404(staff_client: AsyncClient) -> None:
    response = await change_status(staff_client, UNKNOWN_ID, "confirmed")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Order {UNKNOWN_ID} does not exist."


@pytest.mark.parametrize("body", [{}, {"status": "lost"}, {"status": None}, {"state": "shipped"}])
async def test_invalid_status_is_422(staff_client: AsyncClient, body: dict[str, str]) -> None:
    response = await staff_client.patch("/orders/1/status", json=body)

    assert response.status_code == 422
# {% endcall %}
