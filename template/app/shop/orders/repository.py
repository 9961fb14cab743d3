# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about orders, and about the products that they take from the stock."""

import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.database.repository import Repository
from app.models import Notification, Order, OrderItem, OrderStatus, Product, User
from app.pagination import Columns, Page, ordering, paginate
from app.shop.orders.schemas import DayRevenue, OrderQuery, StatusTotal, TopSpender

logger = logging.getLogger(__name__)

# Names that a list can be sorted by: the same as in OrderFilter.
COLUMNS: Columns = {"created_at": Order.created_at, "total_amount": Order.total_amount}
SOLD = Order.status != OrderStatus.CANCELLED


class OrderRepository(Repository[Order]):
    """Orders, their items and their totals."""

    model = Order

    async def page(self, query: OrderQuery) -> Page[Order]:
        """Page of the orders that match."""
        statement = self.select_existing()
        if query.user_id is not None:
            statement = statement.where(Order.user_id == query.user_id)
        if query.status is not None:
            statement = statement.where(Order.status == query.status)
        statement = statement.order_by(ordering(query.sort, COLUMNS), Order.id)
        return await paginate(self.session, statement, query)

    async def detail(self, key: int) -> Order:
        """Order with its items and their products. Raises NotFound."""
        items = selectinload(Order.items).joinedload(OrderItem.product)
        return await self.get(key, items)

    async def items_locked(self, key: int) -> Order:
        """Order with its items, locked for update. Raises NotFound."""
        return await self.get_locked(key, selectinload(Order.items))

    async def products_locked(self, keys: Iterable[int]) -> dict[int, Product]:
        """Products by their keys, deleted ones too, locked for update.

        One statement locks all of them in the order of their keys: two orders of the same products
        wait for each other, instead of each holding what the other needs, which is a deadlock.
        """
        statement = select(Product).where(Product.id.in_(keys)).order_by(Product.id)
        products = await self.session.scalars(statement.with_for_update())
        return {product.id: product for product in products}

    async def notify(self, order: Order, message: str) -> None:
        """Send a message to the user of an order. If that fails, the order stands."""
        async with optional_step(self.session):
            self.session.add(Notification(order_id=order.id, message=message))

    async def totals_by_status(self) -> list[StatusTotal]:
        """Count the orders of each status, and add up their totals."""
        amount = func.sum(Order.total_amount).label("amount")
        totals = select(Order.status, func.count().label("orders"), amount)
        statement = totals.group_by(Order.status).order_by(Order.status)
        rows = await self.session.execute(statement)
        return [StatusTotal.model_validate(row) for row in rows]

    async def revenue_by_day(self, since: datetime) -> list[DayRevenue]:
        """Revenue of each day since that time."""
        day = _utc_day().label("day")
        revenue = func.sum(Order.total_amount).label("revenue")
        totals = select(day, func.count().label("orders"), revenue)
        statement = totals.where(SOLD, Order.created_at >= since).group_by(day).order_by(day)
        rows = await self.session.execute(statement)
        return [DayRevenue.model_validate(row) for row in rows]

    async def top_spenders(self, limit: int) -> list[TopSpender]:
        """Users with the highest totals. Deleted users are left out."""
        spent = func.sum(Order.total_amount).label("spent")
        statement = (
            select(User.id.label("user_id"), User.username, func.count().label("orders"), spent)
            .join(Order, Order.user_id == User.id)
            .where(SOLD, User.deleted_at.is_(None))
            .group_by(User.id, User.username)
            .order_by(spent.desc(), User.id)
            .limit(limit)
        )
        rows = await self.session.execute(statement)
        return [TopSpender.model_validate(row) for row in rows]


def _utc_day() -> ColumnElement[date]:
    # {% if dialect.zoned_moments %}
    # Without the zone it would be the day in the session's time zone.
    return func.date(func.timezone("UTC", Order.created_at), type_=Date)
    # {% else %}
    return func.date(Order.created_at, type_=Date)
    # {% endif %}


@asynccontextmanager
async def optional_step(session: AsyncSession) -> AsyncGenerator[None]:
    """Undo only this step when the database refuses it: a savepoint.

    Raises the error that ended the whole transaction, as a lost connection does, and a deadlock on
    some databases: then nothing is stored, and the request can be retried.
    """
    try:
        async with session.begin_nested():
            yield
    except DBAPIError as error:
        fatal = _end_of_transaction(error)
        if fatal is not None:
            raise fatal from None
        logger.warning("an optional step failed and was undone", exc_info=True)


def _end_of_transaction(error: DBAPIError) -> DBAPIError | None:
    """Error that ended the whole transaction; None if only the step failed."""
    if error.connection_invalidated:
        return error
    statement = error.statement or ""
    if not statement.startswith(("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")):
        return None
    # The savepoint is gone, so the transaction is. The error before this one ended it.
    return error.__context__ if isinstance(error.__context__, DBAPIError) else error
# {% endcall %}
# {% endcall %}
