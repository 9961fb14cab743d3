# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Days are those of UTC, whatever time zone the session has."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.shop.orders import reports
from tests.shop.orders.shopping import add_user, an_order

TOKYO = timezone(timedelta(hours=9))


async def test_the_time_zone_of_the_session_moves_no_order_to_another_day(
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    last = an_order(user_id, "1.00", created_at=datetime(2026, 5, 2, 8, 59, tzinfo=TOKYO))
    first = an_order(user_id, "2.00", created_at=datetime(2026, 5, 2, 9, 0, tzinfo=TOKYO))
    session.add_all([last, first])
    await session.commit()
    await session.execute(text("SET LOCAL TIME ZONE 'Asia/Tokyo'"))

    since = datetime(2026, 5, 1, tzinfo=UTC)
    rows = await session.execute(reports.revenue_by_day(since))

    assert [f"{row.day}" for row in rows] == ["2026-05-01", "2026-05-02"]
# {% endcall %}
