# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Order statistics: exact to the cent and to the UTC day."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order, OrderStatus
from tests.shop.factories import add_customer, order_row


def midnight() -> datetime:
    """Start of the current UTC day."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def store(session: AsyncSession, *orders: Order) -> None:
    session.add_all(orders)
    await session.commit()


async def test_statistics_are_empty_without_orders(staff_client: AsyncClient) -> None:
    response = await staff_client.get("/orders/statistics")

    assert response.status_code == 200
    assert response.json() == {"by_status": [], "revenue_by_day": []}


async def test_orders_are_counted_and_summed_by_status(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    await store(
        session,
        order_row(user_id, "0.10"),
        order_row(user_id, "0.20"),
        order_row(user_id, "9999999999.99", status=OrderStatus.SHIPPED),
        order_row(user_id, "9999999999.99", status=OrderStatus.SHIPPED),
        order_row(user_id, "5.00", status=OrderStatus.CANCELLED),
    )

    response = await staff_client.get("/orders/statistics")

    assert response.json()["by_status"] == [
        {"status": "cancelled", "orders": 1, "amount": "5.00"},
        {"status": "pending", "orders": 2, "amount": "0.30"},
        {"status": "shipped", "orders": 2, "amount": "19999999999.98"},
    ]


async def test_revenue_by_utc_day_excludes_cancelled_orders(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    today = midnight()
    yesterday, moment = today - timedelta(days=1), timedelta(microseconds=1)
    await store(
        session,
        order_row(user_id, "1.00", created_at=yesterday - moment),
        order_row(user_id, "2.00", created_at=yesterday),
        order_row(user_id, "4.00", created_at=today - moment),
        order_row(user_id, "8.00", created_at=today),
        order_row(user_id, "16.00", created_at=today, status=OrderStatus.CANCELLED),
    )

    two_days = await staff_client.get("/orders/statistics?days=2")
    one_day = await staff_client.get("/orders/statistics?days=1")

    assert two_days.json()["revenue_by_day"] == [
        {"day": f"{yesterday:%Y-%m-%d}", "orders": 2, "revenue": "6.00"},
        {"day": f"{today:%Y-%m-%d}", "orders": 1, "revenue": "8.00"},
    ]
    assert one_day.json()["revenue_by_day"] == two_days.json()["revenue_by_day"][1:]


async def test_revenue_covers_thirty_days_by_default(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    first = midnight() - timedelta(days=29)
    before = first - timedelta(microseconds=1)
    await store(
        session,
        order_row(user_id, "1.00", created_at=before),
        order_row(user_id, "2.00", created_at=first),
    )

    response = await staff_client.get("/orders/statistics")
    longest = await staff_client.get("/orders/statistics?days=366")

    assert [row["day"] for row in response.json()["revenue_by_day"]] == [f"{first:%Y-%m-%d}"]
    assert len(longest.json()["revenue_by_day"]) == 2


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=x", "day=3"])
async def test_invalid_days_are_422(staff_client: AsyncClient, query: str) -> None:
    response = await staff_client.get(f"/orders/statistics?{query}")

    assert response.status_code == 422


async def test_top_spenders_are_ranked_without_cancelled_orders(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    first = await add_customer(session, username="first")
    second = await add_customer(session, username="second")
    equal = await add_customer(session, username="equal")
    gone = await add_customer(session, deleted_at=midnight())
    idle = await add_customer(session)
    await store(
        session,
        order_row(first, "0.10"),
        order_row(first, "0.20", status=OrderStatus.DELIVERED),
        order_row(equal, "0.15"),
        order_row(second, "0.15"),
        order_row(second, "100.00", status=OrderStatus.CANCELLED),
        order_row(gone, "100.00"),
        order_row(idle, "100.00", status=OrderStatus.CANCELLED),
    )

    response = await staff_client.get("/users/top-spenders")
    two = await staff_client.get("/users/top-spenders?limit=2")

    assert response.status_code == 200
    assert response.json() == [
        {"user_id": first, "username": "first", "orders": 2, "spent": "0.30"},
        {"user_id": second, "username": "second", "orders": 1, "spent": "0.15"},
        {"user_id": equal, "username": "equal", "orders": 1, "spent": "0.15"},
    ]
    assert two.json() == response.json()[:2]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "top=3"])
async def test_invalid_limit_is_422(staff_client: AsyncClient, query: str) -> None:
    response = await staff_client.get(f"/users/top-spenders?{query}")

    assert response.status_code == 422


# {% if dialect.zoned_moments %}
async def test_session_time_zone_does_not_change_revenue_days(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    today = midnight()
    await store(
        session,
        order_row(user_id, "1.00", created_at=today - timedelta(minutes=1)),
        order_row(user_id, "2.00", created_at=today),
    )
    connection = await session.connection()
    await connection.exec_driver_sql("SET LOCAL TIME ZONE 'Asia/Tokyo'")

    response = await staff_client.get("/orders/statistics?days=2")

    assert [row["revenue"] for row in response.json()["revenue_by_day"]] == ["1.00", "2.00"]


# {% endif %}
# {% endcall %}
