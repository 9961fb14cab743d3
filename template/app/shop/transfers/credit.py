"""The rules of store credit, as plain functions without a database."""

from decimal import Decimal

from app.errors import Conflict, Invalid
from app.models import User

# What the column holds.
MOST = Decimal("9999999999.99")


def require_two_users(from_user_id: int, to_user_id: int) -> None:
    """Raise Invalid where a user would send credit to itself."""
    if from_user_id == to_user_id:
        raise Invalid("Store credit goes from one user to another, not to the same one.")


def move_credit(sender: User, receiver: User, amount: Decimal) -> None:
    """Take the amount from one user and give it to the other: the sum of both stays the same.

    Raises Conflict where one of them is not active, has too little or would have too much.
    """
    for user in (sender, receiver):
        if not user.is_active:
            raise Conflict(f"User {user.id} is not active.")
    if sender.store_credit < amount:
        raise Conflict(f"User {sender.id} does not have {amount:.2f} of store credit.")
    if receiver.store_credit > MOST - amount:
        raise Conflict(f"User {receiver.id} cannot have more than {MOST} of store credit.")
    sender.store_credit -= amount
    receiver.store_credit += amount
