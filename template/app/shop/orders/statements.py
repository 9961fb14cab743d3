"""Which orders a client asks for, in which order, and which rows a sale locks."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from app.database.sorting import Columns, ordering
from app.models import Order, Product, User
from app.shop.orders.schemas import OrderQuery

# What a list can be sorted by. OrderFilter has the same names, each with a dash before it too.
COLUMNS: Columns = {
    "created_at": Order.created_at,
    "total_amount": Order.total_amount,
}


def matching_orders(statement: Select[Order], query: OrderQuery) -> Select[Order]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    if query.user_id is not None:
        statement = statement.where(Order.user_id == query.user_id)
    if query.status is not None:
        statement = statement.where(Order.status == query.status)
    return statement.order_by(ordering(query.sort, COLUMNS), Order.id)


def existing_user(key: int, *, lock: bool = False) -> Select[User]:
    """Return the statement that finds a user who is not deleted.

    The lock is one that many may hold: orders of one user need not wait for each other.
    """
    statement = select(User).where(User.id == key, User.deleted_at.is_(None))
    return statement.with_for_update(read=True) if lock else statement


def locked_products(keys: Iterable[int]) -> Select[Product]:
    """Return the statement that locks products, deleted ones too.

    All at once and always in the order of their keys: two carts with the same products then wait
    for each other instead of holding what the other one needs, which would be a deadlock.
    """
    statement = select(Product).where(Product.id.in_(keys))
    return statement.order_by(Product.id).with_for_update()
