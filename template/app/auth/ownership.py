"""Whose a row is: members see their own orders and transfers, staff see all of them.

Who asks is known to the session, so whatever it asks the database is narrowed, also by queries
that are yet to be written: what belongs to others is not there. A session for which nobody has
signed in, of a command or a worker, sees everything.
"""

from typing import Any

from sqlalchemy import event, or_
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from app.audit import AuditedSession
from app.auth.events import SecurityEvent, log_security_event
from app.auth.scopes import Actor, Scope
from app.errors import Forbidden, NotFound
from app.models import Order, Transfer

OWN = "own"


def restrict_to_owner(info: dict[Any, Any], actor: Actor) -> None:
    """Narrow the session of this info to what is the actor's, unless all is the actor's to see."""
    if Scope.ORDERS in actor.scopes:
        return
    sent, received = Transfer.from_user_id, Transfer.to_user_id
    own_orders = Order.user_id == actor.user_id
    own_transfers = or_(sent == actor.user_id, received == actor.user_id)
    info[OWN] = [
        with_loader_criteria(Order, own_orders, include_aliases=True),
        with_loader_criteria(Transfer, own_transfers, include_aliases=True),
    ]


def narrow(state: ORMExecuteState) -> None:
    """Leave out of a statement what is not the actor's."""
    if state.is_orm_statement:
        state.statement = state.statement.options(*state.session.info.get(OWN, ()))


event.listen(AuditedSession, "do_orm_execute", narrow)


def check_manager(actor: Actor) -> None:
    """Raise Forbidden for what only those may do who look after everybody's orders."""
    if Scope.ORDERS not in actor.scopes:
        log_security_event(SecurityEvent.ACCESS_REFUSED, f"{actor}, without {Scope.ORDERS}")
        raise Forbidden(f"This needs the scope {Scope.ORDERS}.")


def check_self(actor: Actor, user_id: int) -> None:
    """Raise NotFound below the path of another user, as if there were none; staff may go there."""
    if user_id != actor.user_id and Scope.ORDERS not in actor.scopes:
        log_security_event(SecurityEvent.ACCESS_REFUSED, f"{actor}, below user {user_id}")
        raise NotFound(f"User {user_id} does not exist.")
