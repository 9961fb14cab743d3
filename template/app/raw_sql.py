# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""SQL by hand: three operations to compare with the ORM's, and to copy from. Nothing uses them.

- Values go in as parameters, never into the text. A list needs `expanding=True`.
- Not every driver knows Decimal or time zones, so results and such parameters are given a type.
- What models fill in by themselves, `updated_at` and `version` too, each statement sets.
- A search escapes % and _ by hand, or they would match anything.

All of it belongs to the transaction of the session, and nothing here commits.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Numeric, String, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict, NotFound
from app.models import OrderStatus
from app.models.base import UTCDateTime, utc_now

Money = Numeric(12, 2)


class UserRow(NamedTuple):
    """A user in a list."""

    id: int
    username: str
    email: str
    store_credit: Decimal


class Spender(NamedTuple):
    """A user, and what the orders that were not cancelled came to."""

    id: int
    username: str
    orders: int
    total: Decimal


USERS = text("""
SELECT id, username, email, store_credit FROM users
WHERE deleted_at IS NULL
    AND (LOWER(username) LIKE LOWER(:pattern) ESCAPE '/'
        OR LOWER(full_name) LIKE LOWER(:pattern) ESCAPE '/')
ORDER BY username, id
LIMIT :limit OFFSET :offset
""").columns(id=BigInteger, username=String, email=String, store_credit=Money)
USER = text("SELECT id FROM users WHERE id = :user_id AND is_active AND deleted_at IS NULL")
# In the order of their keys, so that two orders never wait for each other in a circle.
PRODUCTS = (
    text("""
SELECT id, price FROM products
WHERE id IN :ids AND is_active AND deleted_at IS NULL
ORDER BY id{{ dialect.for_update }}
""")
    .bindparams(bindparam("ids", expanding=True))
    .columns(id=BigInteger, price=Money)
)
# The condition keeps the stock right. The version counts up: who edits an older one is told.
TAKE_STOCK = text("""
UPDATE products
SET stock_quantity = stock_quantity - :quantity, version = version + 1, updated_at = :now
WHERE id = :product_id AND stock_quantity >= :quantity
""").bindparams(bindparam("now", type_=UTCDateTime))
ADD_ORDER = text("""
INSERT INTO orders
    (order_number, user_id, status, total_amount, shipping_address, created_at, updated_at)
VALUES (:order_number, :user_id, :status, :total_amount, :shipping_address, :now, :now)
""").bindparams(bindparam("total_amount", type_=Money), bindparam("now", type_=UTCDateTime))
# Not every database returns the key of a new row; the number is unique and finds it.
ORDER_ID = text("SELECT id FROM orders WHERE order_number = :order_number")
ADD_ITEM = text("""
INSERT INTO order_items (order_id, product_id, quantity, unit_price, total_price)
VALUES (:order_id, :product_id, :quantity, :unit_price, :total_price)
""").bindparams(bindparam("unit_price", type_=Money), bindparam("total_price", type_=Money))
TOP_SPENDERS = text("""
SELECT users.id, users.username, COUNT(*) AS orders, SUM(orders.total_amount) AS total
FROM users JOIN orders ON orders.user_id = users.id
WHERE users.deleted_at IS NULL AND orders.status <> :cancelled
GROUP BY users.id, users.username
ORDER BY total DESC, users.id
LIMIT :limit
""").columns(id=BigInteger, username=String, orders=BigInteger, total=Money)


async def list_users(session: AsyncSession, search: str, limit: int, offset: int) -> list[UserRow]:
    """Return users whose username or name contains a text, in any case, by username."""
    escaped = search.replace("/", "//").replace("%", "/%").replace("_", "/_")
    values = {"pattern": f"%{escaped}%", "limit": limit, "offset": offset}
    result = await session.execute(USERS, values)
    return [UserRow(*row) for row in result]


async def place_order(
    session: AsyncSession,
    user_id: int,
    items: Mapping[int, int],
    shipping_address: str,
    order_number: str,
) -> int:
    """Order so many of each product, and return the key of the order.

    Raises NotFound for a user or a product that is not there; Conflict where too few are left.
    """
    user = await session.scalar(USER, {"user_id": user_id})
    if user is None:
        raise NotFound(f"User {user_id} does not exist.")
    rows = await _take(session, items)
    order = {
        "order_number": order_number,
        "user_id": user_id,
        "status": OrderStatus.PENDING.value,
        "total_amount": sum(row["total_price"] for row in rows),
        "shipping_address": shipping_address,
        "now": utc_now(),
    }
    await session.execute(ADD_ORDER, order)
    found = await session.execute(ORDER_ID, {"order_number": order_number})
    order_id: int = found.scalar_one()
    await session.execute(ADD_ITEM, [row | {"order_id": order_id} for row in rows])
    return order_id


async def _take(session: AsyncSession, items: Mapping[int, int]) -> list[dict[str, Any]]:
    """Take what is ordered from the stock, and return a row for each product."""
    found = await session.execute(PRODUCTS, {"ids": list(items)})
    prices: dict[int, Decimal] = {row.id: row.price for row in found}
    # Only the result of a connection tells how many rows an UPDATE found.
    connection = await session.connection()
    rows: list[dict[str, Any]] = []
    for key, quantity in sorted(items.items()):
        if key not in prices:
            raise NotFound(f"Product {key} does not exist.")
        row: dict[str, Any] = {"product_id": key, "quantity": quantity}
        taken = await connection.execute(TAKE_STOCK, row | {"now": utc_now()})
        if taken.rowcount == 0:
            raise Conflict(f"Product {key} is sold out, or fewer than {quantity} are left.")
        price = prices[key]
        rows.append(row | {"unit_price": price, "total_price": price * quantity})
    return rows


async def top_spenders(session: AsyncSession, limit: int) -> list[Spender]:
    """Return the users whose orders came to most, cancelled ones left out."""
    values = {"cancelled": OrderStatus.CANCELLED.value, "limit": limit}
    result = await session.execute(TOP_SPENDERS, values)
    return [Spender(*row) for row in result]
# {% endcall %}
