"""The number of an order tells the day and nothing else."""

import re
from datetime import UTC, datetime

from app.shop.orders.order_number import new_order_number

MOMENT = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)


def test_a_number_names_the_day_and_ends_at_random() -> None:
    assert re.fullmatch(r"ORD-20261121-[A-Z2-7]{10}", new_order_number(MOMENT))


def test_numbers_of_one_moment_differ() -> None:
    numbers = {new_order_number(MOMENT) for _ in range(10_000)}

    assert len(numbers) == 10_000
