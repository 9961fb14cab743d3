# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about orders."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import selectinload

from app.database.pagination import paginate
from app.database.repository import Repository
from app.database.savepoint import optional_step
from app.errors import NotFound
from app.models import Notification, Order, OrderItem, Product, User
from app.pagination import Page
from app.shop.orders import reports
from app.shop.orders.schemas import DayRevenue, OrderQuery, StatusTotal, TopSpender
from app.shop.orders.statements import existing_user, locked_products, matching_orders


class OrderRepository(Repository[Order]):
    """The orders, who places them and what they take from the stock."""

    model = Order

    async def page(self, query: OrderQuery) -> Page[Order]:
        """Return one page of the orders that match."""
        return await paginate(self.session, matching_orders(self.select(), query), query)

    async def detail(self, key: int) -> Order:
        """Return the order with this key, its items and their products. Raises NotFound."""
        return await self.get(key, selectinload(Order.items).joinedload(OrderItem.product))

    async def locked_with_items(self, key: int) -> Order:
        """Return the order with its items, and let nobody else change it. Raises NotFound."""
        statement = self.select().where(Order.id == key).options(selectinload(Order.items))
        order = await self.session.scalar(statement.with_for_update())
        return self.existing(order, f"{key}")

    async def user(self, key: int, *, lock: bool = False) -> User:
        """Return the user with this key; locked, nobody can delete it. Raises NotFound."""
        user = await self.session.scalar(existing_user(key, lock=lock))
        if user is None:
            raise NotFound(f"User {key} does not exist.")
        return user

    async def products_locked(self, keys: Iterable[int]) -> dict[int, Product]:
        """Return products by their keys, and let nobody else change them."""
        products = await self.session.scalars(locked_products(keys))
        return {product.id: product for product in products}

    async def notify(self, order: Order, message: str) -> None:
        """Tell the buyer about an order. If that fails, the order stands."""
        async with optional_step(self.session):
            self.session.add(Notification(order_id=order.id, message=message))

    async def totals_by_status(self) -> list[StatusTotal]:
        """Return how many orders have which status, and what they cost together."""
        rows = await self.session.execute(reports.totals_by_status())
        return [StatusTotal.model_validate(row) for row in rows]

    async def revenue_by_day(self, since: datetime) -> list[DayRevenue]:
        """Return what was sold on each day since that moment."""
        rows = await self.session.execute(reports.revenue_by_day(since))
        return [DayRevenue.model_validate(row) for row in rows]

    async def top_spenders(self, limit: int) -> list[TopSpender]:
        """Return the users who have spent most."""
        rows = await self.session.execute(reports.top_spenders(limit))
        return [TopSpender.model_validate(row) for row in rows]
# {% endcall %}
