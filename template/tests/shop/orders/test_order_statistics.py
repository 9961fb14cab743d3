# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What orders add up to, to the cent and to the day."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order, OrderStatus
from tests.shop.orders.shopping import add_user, an_order


def midnight() -> datetime:
    """Return the start of today in UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def store(session: AsyncSession, *orders: Order) -> None:
    session.add_all(orders)
    await session.commit()


async def test_without_orders_there_is_nothing_to_tell(client: AsyncClient) -> None:
    response = await client.get("/orders/statistics")

    assert response.status_code == 200
    assert response.json() == {"by_status": [], "revenue_by_day": []}


async def test_orders_are_counted_and_added_up_by_status(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    await store(
        session,
        an_order(user_id, "0.10"),
        an_order(user_id, "0.20"),
        an_order(user_id, "9999999999.99", status=OrderStatus.SHIPPED),
        an_order(user_id, "9999999999.99", status=OrderStatus.SHIPPED),
        an_order(user_id, "5.00", status=OrderStatus.CANCELLED),
    )

    response = await client.get("/orders/statistics")

    assert response.json()["by_status"] == [
        {"status": "cancelled", "orders": 1, "amount": "5.00"},
        {"status": "pending", "orders": 2, "amount": "0.30"},
        {"status": "shipped", "orders": 2, "amount": "19999999999.98"},
    ]


async def test_revenue_is_that_of_days_in_utc_without_cancelled_orders(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    today = midnight()
    yesterday, moment = today - timedelta(days=1), timedelta(microseconds=1)
    await store(
        session,
        an_order(user_id, "1.00", created_at=yesterday - moment),
        an_order(user_id, "2.00", created_at=yesterday),
        an_order(user_id, "4.00", created_at=today - moment),
        an_order(user_id, "8.00", created_at=today),
        an_order(user_id, "16.00", created_at=today, status=OrderStatus.CANCELLED),
    )

    two_days = await client.get("/orders/statistics?days=2")
    one_day = await client.get("/orders/statistics?days=1")

    assert two_days.json()["revenue_by_day"] == [
        {"day": f"{yesterday:%Y-%m-%d}", "orders": 2, "revenue": "6.00"},
        {"day": f"{today:%Y-%m-%d}", "orders": 1, "revenue": "8.00"},
    ]
    assert one_day.json()["revenue_by_day"] == two_days.json()["revenue_by_day"][1:]


async def test_revenue_goes_back_thirty_days_unless_told_otherwise(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    first = midnight() - timedelta(days=29)
    before = first - timedelta(microseconds=1)
    await store(
        session,
        an_order(user_id, "1.00", created_at=before),
        an_order(user_id, "2.00", created_at=first),
    )

    response = await client.get("/orders/statistics")
    max_session_age = await client.get("/orders/statistics?days=366")

    assert [row["day"] for row in response.json()["revenue_by_day"]] == [f"{first:%Y-%m-%d}"]
    assert len(max_session_age.json()["revenue_by_day"]) == 2


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=x", "day=3"])
async def test_days_against_their_rule_are_422(client: AsyncClient, query: str) -> None:
    response = await client.get(f"/orders/statistics?{query}")

    assert response.status_code == 422


async def test_top_spenders_are_told_in_order_without_cancelled_orders(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    first = await add_user(session, username="first")
    second = await add_user(session, username="second")
    equal = await add_user(session, username="equal")
    gone = await add_user(session, deleted_at=midnight())
    idle = await add_user(session)
    await store(
        session,
        an_order(first, "0.10"),
        an_order(first, "0.20", status=OrderStatus.DELIVERED),
        an_order(equal, "0.15"),
        an_order(second, "0.15"),
        an_order(second, "100.00", status=OrderStatus.CANCELLED),
        an_order(gone, "100.00"),
        an_order(idle, "100.00", status=OrderStatus.CANCELLED),
    )

    response = await client.get("/users/top-spenders")
    two = await client.get("/users/top-spenders?limit=2")

    assert response.status_code == 200
    assert response.json() == [
        {"user_id": first, "username": "first", "orders": 2, "spent": "0.30"},
        {"user_id": second, "username": "second", "orders": 1, "spent": "0.15"},
        {"user_id": equal, "username": "equal", "orders": 1, "spent": "0.15"},
    ]
    assert two.json() == response.json()[:2]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "top=3"])
async def test_a_limit_against_its_rule_is_422(client: AsyncClient, query: str) -> None:
    response = await client.get(f"/users/top-spenders?{query}")

    assert response.status_code == 422
# {% endcall %}
