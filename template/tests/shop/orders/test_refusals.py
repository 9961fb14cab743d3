# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""An order that is refused changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from tests.factories import create_product
from tests.shop.orders.shopping import UNKNOWN, add_user, place, stock_of

DELETED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        # {% if auth == "none" %}
        ({"deleted_at": DELETED}, 404, "User {} does not exist."),
        ({"is_active": False}, 409, "User {} is not active."),
        ({"is_active": False, "deleted_at": DELETED}, 404, "User {} does not exist."),
        # {% else %}
        ({"deleted_at": DELETED}, 401, "This API key is unknown or has ended."),
        ({"is_active": False}, 401, "This API key is unknown or has ended."),
        (
            {"is_active": False, "deleted_at": DELETED},
            401,
            "This API key is unknown or has ended.",
        ),
        # {% endif %}
    ],
    ids=["deleted", "inactive", "deleted and inactive"],
)
async def test_only_an_active_user_can_buy(
    client: AsyncClient,
    session: AsyncSession,
    fields: dict[str, Any],
    status: int,
    detail: str,
) -> None:
    user_id = await add_user(session, **fields)
    product = await create_product(client, stock_quantity=5)

    response = await place(client, user_id, (product["id"], 1))
    left = await stock_of(client, product["id"])

    assert (response.status_code, response.json()["detail"]) == (status, detail.format(user_id))
    assert left == 5


# {% if auth == "none" %}
async def test_an_unknown_user_is_404(client: AsyncClient) -> None:
    product = await create_product(client, stock_quantity=5)

    response = await place(client, UNKNOWN, (product["id"], 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN} does not exist."


# {% endif %}
async def test_an_unknown_product_is_404_and_the_others_stay(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)

    response = await place(client, user_id, (product["id"], 1), (UNKNOWN, 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN} does not exist."
    await check_nothing_is_sold(client, user_id, product["id"])


async def test_a_deleted_product_is_404_and_the_others_stay(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    gone = await create_product(client, stock_quantity=5)
    await session.execute(
        update(Product).where(Product.id == gone["id"]).values(deleted_at=DELETED),
    )
    await session.commit()

    response = await place(client, user_id, (product["id"], 1), (gone["id"], 1))

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {gone['id']} does not exist."
    await check_nothing_is_sold(client, user_id, product["id"])


async def test_an_inactive_product_is_409_and_the_others_stay(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    hidden = await create_product(client, name="Lamp", stock_quantity=5, is_active=False)

    response = await place(client, user_id, (product["id"], 1), (hidden["id"], 1))

    assert response.status_code == 409
    assert response.json()["detail"] == f"Product {hidden['id']} (Lamp) is not for sale."
    await check_nothing_is_sold(client, user_id, product["id"])


async def test_too_small_a_stock_is_409_that_tells_what_is_left(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    short = await create_product(client, name="Lamp", stock_quantity=2)

    response = await place(client, user_id, (product["id"], 1), (short["id"], 3))

    assert response.status_code == 409
    assert response.json()["detail"] == (
        f"Product {short['id']} (Lamp) is short: 2 left, 3 wanted."
    )
    await check_nothing_is_sold(client, user_id, product["id"])


async def test_the_sum_of_two_lines_counts_against_the_stock(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)

    response = await place(client, user_id, (product["id"], 3), (product["id"], 3))

    assert response.status_code == 409
    await check_nothing_is_sold(client, user_id, product["id"])


async def test_a_total_beyond_the_column_is_422(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, price="9999999999.99", stock_quantity=5)

    response = await place(client, user_id, (product["id"], 2))

    assert response.status_code == 422
    assert response.json()["detail"] == (
        "The order would cost 19999999999.98; the most is 9999999999.99."
    )
    await check_nothing_is_sold(client, user_id, product["id"])


async def check_nothing_is_sold(client: AsyncClient, user_id: int, product_id: int) -> None:
    orders = await client.get("/orders", params={"user_id": user_id})
    assert orders.json()["total"] == 0
    assert await stock_of(client, product_id) == 5
# {% endcall %}
