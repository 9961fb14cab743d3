"""The audit: a change that goes through a session leaves a message about itself.

The message is written in the transaction of the change, so there is never one without the other.
What does not go through a session's objects is not seen: statements such as
`session.execute(update(Product))`, and rows that the database deletes along with others.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import History

from app.logs import REQUEST_ID
from app.models import Address, Category, Order, OutboxMessage, Product, Tag, Transfer, User
from app.models.base import Base, utc_now

Values = dict[str, Any]
Audited = Address | Category | Order | Product | Tag | Transfer | User

TOPIC = "audit"
# They change with every change and tell nothing about it. A secret belongs here as well.
LEFT_OUT = {"updated_at", "version"}


class AuditedSession(Session):
    """A session that writes a message for each change of an audited table."""


def note_changes(session: Session, _context: UOWTransaction) -> None:
    """Write the messages about one flush, all by one statement."""
    changes = list(_changes(session))
    if not changes:
        return
    about = {
        "actor": session.info.get("actor", "anonymous"),
        "request_id": REQUEST_ID.get(),
        "happened_at": utc_now().isoformat(),
    }
    messages = [{"topic": TOPIC, "payload": change | about} for change in changes]
    session.execute(insert(OutboxMessage), messages)


event.listen(AuditedSession, "after_flush", note_changes)


def _changes(session: Session) -> Iterator[Values]:
    """Give what the flush did. After it, the session still knows the values from before."""
    for entity in session.new:
        if isinstance(entity, Audited):
            yield _change(entity, "create", None, _values(entity, History.non_deleted))
    for entity in session.dirty:
        if isinstance(entity, Audited):
            yield from _update(entity)
    for entity in session.deleted:
        if isinstance(entity, Audited):
            yield _change(entity, "delete", _values(entity, History.non_added), None)


def _update(entity: Audited) -> Iterator[Values]:
    """Give the change of the columns that really are different, if there are any."""
    after = _values(entity, attrgetter("added"))
    if after:
        known = _values(entity, attrgetter("deleted"))
        # What has been null since this session created the row has no history.
        before = {name: known.get(name) for name in after}
        yield _change(entity, _action(after), before, after)


def _action(after: Values) -> str:
    """Return what a change means to people."""
    if after.get("deleted_at") is not None:
        return "delete"
    return "status" if "status" in after else "update"


def _change(entity: Audited, action: str, before: Values | None, after: Values | None) -> Values:
    return {
        "action": action,
        "entity": entity.__tablename__,
        "entity_id": entity.id,
        "before": before,
        "after": after,
    }


def _values(entity: Base, part: Callable[[History], Sequence[Any]]) -> Values:
    """Return a part of the history of each column that has it. Nothing is read for that."""
    state = inspect(entity)
    names = [column.key for column in state.mapper.column_attrs if column.key not in LEFT_OUT]
    found = {name: part(state.attrs[name].history) for name in names}
    return {name: _json(values[0]) for name, values in found.items() if values}


def _json(value: Any) -> Any:
    """Return what JSON has for a value: money as text, moments as of ISO 8601."""
    return f"{value:.2f}" if isinstance(value, Decimal) else to_jsonable_python(value)
