# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""What the shop does with orders, and the rules it keeps."""

from datetime import datetime, timedelta

from app.auth.ownership import check_manager, check_self
from app.auth.scopes import Actor
from app.errors import Conflict
from app.models import Order, OrderStatus
from app.models.base import utc_now
from app.pagination import Page
from app.shop.orders.cart import new_order, quantities_by_product, release_stock, reserve_stock
from app.shop.orders.messages import placed_message
from app.shop.orders.repository import OrderRepository
from app.shop.orders.schemas import (
    OrderCreate,
    OrderFilter,
    OrderQuery,
    OrderStatistics,
    TopSpender,
)
from app.shop.orders.status import require_step


class OrderService:
    """An order takes its items out of the stock, all or none, and gives them back once.

    Rows are locked in one order everywhere, so that nobody waits in a circle: the user or the
    order first, then the products by their keys.
    """

    def __init__(self, orders: OrderRepository, actor: Actor) -> None:
        self.orders = orders
        self.actor = actor

    async def place(self, data: OrderCreate) -> Order:
        """Sell to a user. Raises NotFound and Conflict, and Invalid for too large a total."""
        user = await self.orders.user(self.actor.user_id, lock=True)
        if not user.is_active:
            raise Conflict(f"User {user.id} is not active.")
        wanted = quantities_by_product(data.items)
        products = await self.orders.products_locked(wanted)
        order = new_order(data, reserve_stock(wanted, products), self.actor)
        await self.orders.add(order)
        await self.orders.notify(order, placed_message(order))
        return order

    async def page(self, query: OrderQuery) -> Page[Order]:
        """Return one page of the orders that match."""
        return await self.orders.page(query)

    async def page_of_user(self, user_id: int, query: OrderFilter) -> Page[Order]:
        """Return one page of the orders of one user. Raises NotFound."""
        # {% if auth != "none" %}
        check_self(self.actor, user_id)
        # {% endif %}
        await self.orders.user(user_id)
        within = OrderQuery(**query.model_dump(), user_id=user_id)
        return await self.orders.page(within)

    async def get(self, order_id: int) -> Order:
        """Return one order with its items and their products. Raises NotFound."""
        return await self.orders.detail(order_id)

    async def change_status(self, order_id: int, status: OrderStatus) -> Order:
        """Take an order a step further. Raises NotFound; Conflict for a step it cannot take."""
        order = await self.orders.locked_with_items(order_id)
        # {% if auth != "none" %}
        if status is not OrderStatus.CANCELLED:
            check_manager(self.actor)
        # {% endif %}
        require_step(order.status, status)
        if status is OrderStatus.CANCELLED:
            keys = [item.product_id for item in order.items]
            products = await self.orders.products_locked(keys)
            release_stock(order.items, products)
        return await self.orders.change(order, {"status": status})

    async def statistics(self, days: int) -> OrderStatistics:
        """Return all orders by status, and the revenue of the last days, today included."""
        since = start_of_day(utc_now()) - timedelta(days=days - 1)
        by_status = await self.orders.totals_by_status()
        revenue_by_day = await self.orders.revenue_by_day(since)
        return OrderStatistics(by_status=by_status, revenue_by_day=revenue_by_day)

    async def top_spenders(self, limit: int) -> list[TopSpender]:
        """Return the users who have spent most."""
        return await self.orders.top_spenders(limit)


def start_of_day(moment: datetime) -> datetime:
    """Return the midnight before a moment."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
# {% endcall %}
# {% endcall %}
