# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""What it means to sell: products give their stock for an order, and may get it back."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.auth.scopes import Actor
from app.errors import Conflict, Invalid, NotFound
from app.models import Order, OrderItem, Product
from app.models.base import utc_now
from app.shop.orders.order_number import new_order_number
from app.shop.orders.schemas import OrderCreate, OrderLine

# The ranges of the columns.
LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_STOCK = 2**31 - 1


def quantities_by_product(lines: Iterable[OrderLine]) -> dict[int, int]:
    """Return how many of each product are wanted. One that comes twice is wanted in the sum."""
    wanted = Counter[int]()
    for line in lines:
        wanted[line.product_id] += line.quantity
    return dict(sorted(wanted.items()))


def reserve_stock(wanted: Mapping[int, int], products: Mapping[int, Product]) -> list[OrderItem]:
    """Take what is wanted out of the stock, at today's prices.

    Raises NotFound for a product that is unknown or deleted; Conflict for one that is not for sale
    or of which too few are left.
    """
    return [_sell(key, products.get(key), quantity) for key, quantity in wanted.items()]


def _sell(key: int, product: Product | None, quantity: int) -> OrderItem:
    if product is None or product.deleted_at is not None:
        raise NotFound(f"Product {key} does not exist.")
    if not product.is_active:
        raise Conflict(f"Product {key} ({product.name}) is not for sale.")
    left = product.stock_quantity
    if left < quantity:
        raise Conflict(f"Product {key} ({product.name}) is short: {left} left, {quantity} wanted.")
    product.stock_quantity = left - quantity
    return OrderItem(
        product_id=key,
        quantity=quantity,
        unit_price=product.price,
        total_price=product.price * quantity,
    )


def new_order(data: OrderCreate, items: list[OrderItem], actor: Actor) -> Order:
    """Return an order of these items. Raises Invalid where they cost more than it can hold."""
    total = sum((item.total_price for item in items), Decimal())
    if total > LARGEST_AMOUNT:
        raise Invalid(f"The order would cost {total:.2f}; the most is {LARGEST_AMOUNT}.")
    return Order(
        order_number=new_order_number(utc_now()),
        user_id=actor.user_id,
        total_amount=total,
        shipping_address=data.shipping_address,
        items=items,
    )


def release_stock(items: Iterable[OrderItem], products: Mapping[int, Product]) -> None:
    """Put the items into the stock again. Raises Conflict where there is no room for them."""
    for item in items:
        product = products[item.product_id]
        if product.stock_quantity > LARGEST_STOCK - item.quantity:
            raise Conflict(f"Product {product.id} ({product.name}) has too large a stock already.")
        product.stock_quantity += item.quantity
# {% endcall %}
