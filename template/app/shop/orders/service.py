# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of orders: stock, status, totals."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal

from app.dependencies import SessionDep
from app.errors import Conflict, Invalid
from app.models import Order, OrderItem, OrderStatus
from app.models.base import utc_now
from app.pagination import Page
from app.shop.orders.repository import OrderRepository
from app.shop.orders.schemas import (
    OrderCreate,
    OrderFilter,
    OrderQuery,
    OrderStatistics,
    TopSpender,
)
from app.shop.orders.stock import quantities_by_product, release_stock, reserve_stock
from app.users.repository import UserRepository

# The range of the column.
MAX_AMOUNT = Decimal("9999999999.99")
# Base 32 has no 0 and no 1, which readers take for letters.
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
RANDOM_LENGTH = 10
NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.CONFIRMED, OrderStatus.CANCELLED}),
    OrderStatus.CONFIRMED: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class OrderService:
    """An order reserves stock for all its items or for none, and releases it once.

    Rows are locked in one order everywhere, so that there is no deadlock: the user or the order
    first, then the products by their keys.
    """

    def __init__(self, session: SessionDep) -> None:
        self.orders = OrderRepository(session)
        self.users = UserRepository(session)

    async def place(self, user_id: int, data: OrderCreate) -> Order:
        """Place an order. Raises NotFound, Conflict; Invalid for too large a total."""
        # A shared lock: orders of one user do not wait for each other, deleting the user does.
        user = await self.users.get_locked(user_id, shared=True)
        if not user.is_active:
            raise Conflict(f"User {user.id} is not active.")
        quantities = quantities_by_product(data.items)
        products = await self.orders.products_locked(quantities)
        order = new_order(user_id, data, reserve_stock(quantities, products))
        await self.orders.add(order)
        message = f"We have received your order {order.order_number} of {order.total_amount:.2f}."
        await self.orders.notify(order, message)
        return order

    async def page(self, query: OrderQuery) -> Page[Order]:
        """Page of the orders that match."""
        return await self.orders.page(query)

    async def page_of_user(self, user_id: int, query: OrderFilter) -> Page[Order]:
        """Page of the orders of one user. Raises NotFound."""
        await self.users.get(user_id)
        of_user = OrderQuery(**query.model_dump(), user_id=user_id)
        return await self.orders.page(of_user)

    async def get(self, order_id: int) -> Order:
        """Order with its items and their products. Raises NotFound."""
        return await self.orders.detail(order_id)

    async def change_status(self, order_id: int, status: OrderStatus) -> Order:
        """Change the status of an order. Raises NotFound; Conflict for a step it cannot take."""
        order = await self.orders.items_locked(order_id)
        require_step(order.status, status)
        if status is OrderStatus.CANCELLED:
            keys = [item.product_id for item in order.items]
            products = await self.orders.products_locked(keys)
            release_stock(order.items, products)
        return await self.orders.change(order, {"status": status})

    async def statistics(self, days: int) -> OrderStatistics:
        """All orders by status, and the revenue by day of the last days, today included."""
        since = start_of_day(utc_now()) - timedelta(days=days - 1)
        by_status = await self.orders.totals_by_status()
        revenue_by_day = await self.orders.revenue_by_day(since)
        return OrderStatistics(by_status=by_status, revenue_by_day=revenue_by_day)

    async def top_spenders(self, limit: int) -> list[TopSpender]:
        """Users with the highest totals."""
        return await self.orders.top_spenders(limit)


def new_order(user_id: int, data: OrderCreate, items: list[OrderItem]) -> Order:
    """Build an order of these items. Raises Invalid where the total exceeds its column."""
    total = sum((item.total_price for item in items), Decimal())
    if total > MAX_AMOUNT:
        raise Invalid(f"The order would cost {total:.2f}; the most is {MAX_AMOUNT}.")
    return Order(
        order_number=new_order_number(utc_now()),
        user_id=user_id,
        total_amount=total,
        shipping_address=data.shipping_address,
        items=items,
    )


def new_order_number(moment: datetime) -> str:
    """Generate a number like ORD-20261121-K7QX2MZD4A.

    It contains the day and does not reveal how much the shop sells. Of 32^10 numbers a day, two
    are never the same in practice; if they were, the second order would be refused.
    """
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"ORD-{moment:%Y%m%d}-{random}"


def require_step(current: OrderStatus, new: OrderStatus) -> None:
    """Raise Conflict unless an order can go from one status to the other."""
    if new not in NEXT[current]:
        raise Conflict(f"An order that is {current} cannot become {new}.")


def start_of_day(moment: datetime) -> datetime:
    """Midnight before a time."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
# {% endcall %}
# {% endcall %}
