# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""What the shop does with orders, and the rules it keeps."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.ownership import check_manager, check_self
from app.auth.scopes import Actor
from app.database import rows
from app.errors import Conflict
from app.models import Order, OrderStatus
from app.models.base import utc_now
from app.pagination import Page
from app.shop.orders import queries
from app.shop.orders.cart import new_order, quantities_by_product, release_stock, reserve_stock
from app.shop.orders.messages import placed_message
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

    def __init__(self, session: AsyncSession, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    async def place(self, data: OrderCreate) -> Order:
        """Sell to a user. Raises NotFound and Conflict, and Invalid for too large a total."""
        user = await queries.get_user(self.session, self.actor.user_id, lock=True)
        if not user.is_active:
            raise Conflict(f"User {user.id} is not active.")
        wanted = quantities_by_product(data.items)
        products = await queries.lock_products(self.session, wanted)
        order = new_order(data, reserve_stock(wanted, products), self.actor)
        await rows.add(self.session, order)
        await queries.notify(self.session, order, placed_message(order))
        return order

    async def page(self, query: OrderQuery) -> Page[Order]:
        """Return one page of the orders that match."""
        return await queries.find_orders(self.session, query)

    async def page_of_user(self, user_id: int, query: OrderFilter) -> Page[Order]:
        """Return one page of the orders of one user. Raises NotFound."""
        # {% if auth != "none" %}
        check_self(self.actor, user_id)
        # {% endif %}
        await queries.get_user(self.session, user_id)
        within = OrderQuery(**query.model_dump(), user_id=user_id)
        return await queries.find_orders(self.session, within)

    async def get(self, order_id: int) -> Order:
        """Return one order with its items and their products. Raises NotFound."""
        return await queries.order_detail(self.session, order_id)

    async def change_status(self, order_id: int, status: OrderStatus) -> Order:
        """Take an order a step further. Raises NotFound; Conflict for a step it cannot take."""
        order = await queries.lock_order(self.session, order_id)
        # {% if auth != "none" %}
        if status is not OrderStatus.CANCELLED:
            check_manager(self.actor)
        # {% endif %}
        require_step(order.status, status)
        if status is OrderStatus.CANCELLED:
            keys = [item.product_id for item in order.items]
            products = await queries.lock_products(self.session, keys)
            release_stock(order.items, products)
        return await rows.change(self.session, order, {"status": status})

    async def statistics(self, days: int) -> OrderStatistics:
        """Return all orders by status, and the revenue of the last days, today included."""
        since = start_of_day(utc_now()) - timedelta(days=days - 1)
        by_status = await queries.totals_by_status(self.session)
        revenue_by_day = await queries.revenue_by_day(self.session, since)
        return OrderStatistics(by_status=by_status, revenue_by_day=revenue_by_day)

    async def top_spenders(self, limit: int) -> list[TopSpender]:
        """Return the users who have spent most."""
        return await queries.top_spenders(self.session, limit)


def start_of_day(moment: datetime) -> datetime:
    """Return the midnight before a moment."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
# {% endcall %}
# {% endcall %}
