"""Stock: orders reserve it, and release it when they are cancelled."""

from collections import Counter
from collections.abc import Iterable, Mapping

from app.errors import Conflict, NotFound
from app.models import OrderItem, Product
from app.shop.orders.schemas import OrderLine

# The range of the column.
MAX_STOCK = 2**31 - 1


def quantities_by_product(lines: Iterable[OrderLine]) -> dict[int, int]:
    """Quantity of each product, by its key. Quantities of a repeated product are added."""
    quantities = Counter[int]()
    for line in lines:
        quantities[line.product_id] += line.quantity
    return dict(sorted(quantities.items()))


def reserve_stock(
    quantities: Mapping[int, int],
    products: Mapping[int, Product],
) -> list[OrderItem]:
    """Take quantities from the stock, at current prices.

    Raises NotFound for a product that is unknown or deleted; Conflict for one that is not for sale
    or has too little stock.
    """
    return [_reserve(key, products.get(key), quantity) for key, quantity in quantities.items()]


def _reserve(key: int, product: Product | None, quantity: int) -> OrderItem:
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


def release_stock(items: Iterable[OrderItem], products: Mapping[int, Product]) -> None:
    """Put the items back into the stock. Raises Conflict where a stock would exceed its column."""
    for item in items:
        product = products[item.product_id]
        if product.stock_quantity > MAX_STOCK - item.quantity:
            raise Conflict(f"Product {product.id} ({product.name}) has too large a stock already.")
        product.stock_quantity += item.quantity
