"""Which way an order goes: from pending to delivered, or out before it is shipped."""

from app.errors import Conflict
from app.models import OrderStatus

NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.CONFIRMED, OrderStatus.CANCELLED}),
    OrderStatus.CONFIRMED: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


def require_step(current: OrderStatus, new: OrderStatus) -> None:
    """Raise Conflict unless an order may go from one status to the other."""
    if new not in NEXT[current]:
        raise Conflict(f"An order that is {current} cannot become {new}.")
