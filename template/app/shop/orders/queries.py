# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about orders. Nothing here commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.database.pagination import paginate
from app.database.savepoint import optional_step
from app.errors import NotFound
from app.models import Notification, Order, OrderItem, Product, User
from app.pagination import Page
from app.shop.orders import reports
from app.shop.orders.schemas import DayRevenue, OrderQuery, StatusTotal, TopSpender
from app.shop.orders.statements import existing_user, locked_products, matching_orders


async def find_orders(session: AsyncSession, query: OrderQuery) -> Page[Order]:
    """Return one page of the orders that match."""
    return await paginate(session, matching_orders(select(Order), query), query)


async def order_detail(session: AsyncSession, key: int) -> Order:
    """Return the order with this key, its items and their products. Raises NotFound."""
    load = selectinload(Order.items).joinedload(OrderItem.product)
    order = await session.scalar(select(Order).where(Order.id == key).options(load))
    return _existing(order, key)


async def lock_order(session: AsyncSession, key: int) -> Order:
    """Return the order with its items, and let nobody else change it. Raises NotFound."""
    statement = select(Order).where(Order.id == key).options(selectinload(Order.items))
    order = await session.scalar(statement.with_for_update())
    return _existing(order, key)


async def get_user(session: AsyncSession, key: int, *, lock: bool = False) -> User:
    """Return the user with this key; locked, nobody can delete it. Raises NotFound."""
    user = await session.scalar(existing_user(key, lock=lock))
    if user is None:
        raise NotFound(f"User {key} does not exist.")
    return user


async def lock_products(session: AsyncSession, keys: Iterable[int]) -> dict[int, Product]:
    """Return products by their keys, and let nobody else change them."""
    products = await session.scalars(locked_products(keys))
    return {product.id: product for product in products}


async def notify(session: AsyncSession, order: Order, message: str) -> None:
    """Tell the buyer about an order. If that fails, the order stands."""
    async with optional_step(session):
        session.add(Notification(order_id=order.id, message=message))


async def totals_by_status(session: AsyncSession) -> list[StatusTotal]:
    """Return how many orders have which status, and what they cost together."""
    rows = await session.execute(reports.totals_by_status())
    return [StatusTotal.model_validate(row) for row in rows]


async def revenue_by_day(session: AsyncSession, since: datetime) -> list[DayRevenue]:
    """Return what was sold on each day since that moment."""
    rows = await session.execute(reports.revenue_by_day(since))
    return [DayRevenue.model_validate(row) for row in rows]


async def top_spenders(session: AsyncSession, limit: int) -> list[TopSpender]:
    """Return the users who have spent most."""
    rows = await session.execute(reports.top_spenders(limit))
    return [TopSpender.model_validate(row) for row in rows]


def _existing(order: Order | None, key: int) -> Order:
    if order is None:
        raise NotFound(f"Order {key} does not exist.")
    return order
# {% endcall %}
