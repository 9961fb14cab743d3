"""The rules of store credit as plain functions: no database, no HTTP."""

from decimal import Decimal

import pytest

from app.errors import Conflict, Invalid
from app.models import User
from app.shop.transfers.credit import MOST, move_credit, require_two_users


def user(key: int, credit: str, *, is_active: bool = True) -> User:
    return User(id=key, store_credit=Decimal(credit), is_active=is_active)


@pytest.mark.parametrize("amount", ["0.01", "5.00", "10.00"])
def test_the_sum_stays_the_same(amount: str) -> None:
    sender, receiver = user(1, "10.00"), user(2, "0.10")

    move_credit(sender, receiver, Decimal(amount))

    assert receiver.store_credit == Decimal("0.10") + Decimal(amount)
    assert sender.store_credit + receiver.store_credit == Decimal("10.10")


@pytest.mark.parametrize(
    ("sender", "receiver", "told"),
    [
        (user(1, "4.99"), user(2, "0"), "User 1 does not have 5.00 of store credit."),
        (user(1, "9.00", is_active=False), user(2, "0"), "User 1 is not active."),
        (user(1, "9.00"), user(2, "0", is_active=False), "User 2 is not active."),
        (user(1, "9.00"), user(2, f"{MOST - 4}"), "User 2 cannot have more than"),
    ],
    ids=["too little", "sender not active", "receiver not active", "too much"],
)
def test_credit_that_cannot_move_stays(sender: User, receiver: User, told: str) -> None:
    before = (sender.store_credit, receiver.store_credit)

    with pytest.raises(Conflict, match=told):
        move_credit(sender, receiver, Decimal("5.00"))

    assert (sender.store_credit, receiver.store_credit) == before


def test_the_same_user_twice_is_refused() -> None:
    require_two_users(1, 2)

    with pytest.raises(Invalid):
        require_two_users(1, 1)
