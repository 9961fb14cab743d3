# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""What the shop does with transfers, and the rules it keeps."""

from app.auth.ownership import check_manager
from app.auth.scopes import Actor
from app.models import Transfer
from app.shop.transfers.credit import move_credit, require_two_users
from app.shop.transfers.repository import TransferRepository
from app.shop.transfers.schemas import TransferCreate
from app.users.repository import UserRepository


class TransferService:
    """Both users are locked before their credit is read, so that no transfer is lost.

    This is the pessimistic way. It suits rows that many change at once, since nobody has to try
    again; products show the optimistic way, with a version.
    """

    def __init__(self, transfers: TransferRepository, users: UserRepository, actor: Actor) -> None:
        self.transfers = transfers
        self.users = users
        self.actor = actor

    async def get(self, transfer_id: int) -> Transfer:
        """Return one transfer. Raises NotFound."""
        return await self.transfers.get(transfer_id)

    async def create(self, data: TransferCreate) -> Transfer:
        """Move store credit. Raises Invalid, NotFound; Conflict where it cannot be moved."""
        # {% if auth != "none" %}
        if data.from_user_id != self.actor.user_id:
            check_manager(self.actor)
        # {% endif %}
        require_two_users(data.from_user_id, data.to_user_id)
        # One statement locks both, in the order of their keys: opposite transfers cannot deadlock.
        locked = await self.users.all_locked((data.from_user_id, data.to_user_id))
        users = {user.id: user for user in locked}
        move_credit(users[data.from_user_id], users[data.to_user_id], data.amount)
        return await self.transfers.add(Transfer(**data.columns()))
# {% endcall %}
# {% endcall %}
