"""Which way an order may go."""

from itertools import product

import pytest

from app.errors import Conflict
from app.models import OrderStatus
from app.shop.orders.status import require_step

ALLOWED = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "shipped"),
    ("confirmed", "cancelled"),
    ("shipped", "delivered"),
}
PAIRS = set(product(["pending", "confirmed", "shipped", "delivered", "cancelled"], repeat=2))


def test_every_pair_is_tried() -> None:
    assert len(PAIRS) == len(OrderStatus) ** 2


@pytest.mark.parametrize(("current", "new"), sorted(ALLOWED))
def test_an_order_may_take_this_step(current: str, new: str) -> None:
    require_step(OrderStatus(current), OrderStatus(new))


@pytest.mark.parametrize(("current", "new"), sorted(PAIRS - ALLOWED))
def test_an_order_may_not_take_this_step(current: str, new: str) -> None:
    with pytest.raises(Conflict, match=f"^An order that is {current} cannot become {new}.$"):
        require_step(OrderStatus(current), OrderStatus(new))
