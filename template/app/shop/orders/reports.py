"""What orders add up to. The sums are the database's: no order is loaded."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Date, Select, func, select

from app.models import Order, OrderStatus, User

SOLD = Order.status != OrderStatus.CANCELLED


def totals_by_status() -> Select[OrderStatus, int, Decimal]:
    """Return the statement that counts the orders of each status and adds up what they cost."""
    return (
        select(
            Order.status,
            func.count().label("orders"),
            func.sum(Order.total_amount).label("amount"),
        )
        .group_by(Order.status)
        .order_by(Order.status)
    )


def revenue_by_day(since: datetime) -> Select[date, int, Decimal]:
    """Return the statement that adds up what was sold on each day since that moment."""
    day = _utc_day().label("day")
    return (
        select(
            day,
            func.count().label("orders"),
            func.sum(Order.total_amount).label("revenue"),
        )
        .where(SOLD, Order.created_at >= since)
        .group_by(day)
        .order_by(day)
    )


def _utc_day() -> ColumnElement[date]:
    """Return the day on which an order was placed, in UTC."""
    # {% if dialect.zoned_moments %}
    # Without the zone the day would be that of the session's time zone.
    return func.date(func.timezone("UTC", Order.created_at), type_=Date)
    # {% else %}
    return func.date(Order.created_at, type_=Date)
    # {% endif %}


def top_spenders(limit: int) -> Select[int, str, int, Decimal]:
    """Return the statement that finds the users who have spent most. Deleted ones are left out."""
    spent = func.sum(Order.total_amount).label("spent")
    return (
        select(
            User.id.label("user_id"),
            User.username,
            func.count().label("orders"),
            spent,
        )
        .join(Order, Order.user_id == User.id)
        .where(SOLD, User.deleted_at.is_(None))
        .group_by(User.id, User.username)
        .order_by(spent.desc(), User.id)
        .limit(limit)
    )
