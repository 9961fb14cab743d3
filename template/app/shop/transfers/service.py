# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of transfers of store credit."""

from decimal import Decimal

from app.dependencies import SessionDep
from app.errors import Conflict, Invalid
from app.models import Transfer, User
from app.shop.transfers.repository import TransferRepository
from app.shop.transfers.schemas import TransferCreate
from app.users.repository import UserRepository

# The range of the column.
MAX_CREDIT = Decimal("9999999999.99")


class TransferService:
    """Pessimistic locking: both users are locked before their credit is read.

    It suits rows that many requests change at once, since none of them has to retry.
    """

    def __init__(self, session: SessionDep) -> None:
        self.transfers = TransferRepository(session)
        self.users = UserRepository(session)

    async def get(self, transfer_id: int) -> Transfer:
        """Transfer with this key. Raises NotFound."""
        return await self.transfers.get(transfer_id)

    async def create(self, data: TransferCreate) -> Transfer:
        """Move store credit. Raises Invalid, NotFound, Conflict."""
        require_two_users(data.from_user_id, data.to_user_id)
        # One statement locks both, in the order of their keys: opposite transfers cannot deadlock.
        locked = await self.users.all_locked((data.from_user_id, data.to_user_id))
        by_id = {user.id: user for user in locked}
        move_credit(by_id[data.from_user_id], by_id[data.to_user_id], data.amount)
        return await self.transfers.add(Transfer(**data.columns()))


def require_two_users(from_user_id: int, to_user_id: int) -> None:
    """Raise Invalid for a transfer from a user to the same user."""
    if from_user_id == to_user_id:
        raise Invalid("Store credit goes from one user to another, not to the same one.")


def move_credit(sender: User, receiver: User, amount: Decimal) -> None:
    """Take the amount from one user and give it to the other: their sum stays the same.

    Raises Conflict where one of them is not active, has too little or would have too much.
    """
    for user in (sender, receiver):
        if not user.is_active:
            raise Conflict(f"User {user.id} is not active.")
    if sender.store_credit < amount:
        raise Conflict(f"User {sender.id} does not have {amount:.2f} of store credit.")
    if receiver.store_credit > MAX_CREDIT - amount:
        raise Conflict(f"User {receiver.id} cannot have more than {MAX_CREDIT} of store credit.")
    sender.store_credit -= amount
    receiver.store_credit += amount
# {% endcall %}
# {% endcall %}
