"""Access to the shop's rows: members see their own orders and transfers, staff see all.

Staff here are actors with the scope `orders:manage`.
"""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import event, or_
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from app.audit import AuditedSession
from app.auth.dependencies import require_scopes
from app.auth.scopes import Actor, Scope
from app.auth.security_log import log_security_event
from app.errors import Forbidden, NotFound
from app.models import Order, Transfer
from app.schemas import Id

shop_user = require_scopes(Scope.SHOP, Scope.ORDERS)
ShopUser = Annotated[Actor, shop_user]
catalog_staff = require_scopes(Scope.CATALOG)
order_staff = require_scopes(Scope.ORDERS)


# Async: FastAPI runs other dependencies in a thread.
async def check_path(user_id: Id, actor: ShopUser) -> None:
    """Raise NotFound below the path of another user, as if there were none; staff pass."""
    if user_id != actor.user_id and Scope.ORDERS not in actor.scopes:
        log_security_event("authz_fail", f"{actor}, below user {user_id}")
        raise NotFound(f"User {user_id} does not exist.")


# Guard of a route or router below `/users/{user_id}`.
same_user_or_staff = Depends(check_path)


def require_staff(actor: Actor) -> None:
    """Raise Forbidden unless the actor has the scope `orders:manage`."""
    if Scope.ORDERS not in actor.scopes:
        log_security_event("authz_fail", f"{actor}, without {Scope.ORDERS}")
        raise Forbidden(f"This requires the scope {Scope.ORDERS}.")


def restrict_to_owner(state: ORMExecuteState) -> None:
    """Leave rows of other users out of a statement, unless staff asks.

    Every statement of the session passes here, so a new query cannot forget it. A session without
    an actor, of a command or a worker, sees all rows.
    """
    actor = state.session.info.get("actor")
    if not state.is_orm_statement or not isinstance(actor, Actor) or Scope.ORDERS in actor.scopes:
        return
    sent, received = Transfer.from_user_id, Transfer.to_user_id
    own_orders = Order.user_id == actor.user_id
    own_transfers = or_(sent == actor.user_id, received == actor.user_id)
    state.statement = state.statement.options(
        with_loader_criteria(Order, own_orders, include_aliases=True),
        with_loader_criteria(Transfer, own_transfers, include_aliases=True),
    )


event.listen(AuditedSession, "do_orm_execute", restrict_to_owner)
