"""Audit: each change of an audited row through a session writes a message about itself.

The message is written in the transaction of the change, so there is never one without the other.
Changes that bypass the session's objects are not recorded: statements such as
`session.execute(update(Product))`, and rows that the database deletes in cascade.
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
# Columns that change with every change. Add secrets here as well.
LEFT_OUT = {"updated_at", "version"}


class AuditedSession(Session):
    """Session that writes a message for each change of an audited table."""


def record_changes(session: Session, _context: UOWTransaction) -> None:
    """Write the messages about one flush in one statement."""
    changes = list(_changes(session))
    if not changes:
        return
    about = {
        "actor": f"{session.info.get('actor', 'anonymous')}",
        "request_id": REQUEST_ID.get(),
        "happened_at": utc_now().isoformat(),
    }
    messages = [{"topic": TOPIC, "payload": change | about} for change in changes]
    session.execute(insert(OutboxMessage), messages)


event.listen(AuditedSession, "after_flush", record_changes)


def _changes(session: Session) -> Iterator[Values]:
    """Yield the changes of a flush. After it, the session still has the previous values."""
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
    """Yield the change of the columns that differ, if any."""
    after = _values(entity, attrgetter("added"))
    if after:
        known = _values(entity, attrgetter("deleted"))
        # A column that is null since this session created the row has no history.
        before = {name: known.get(name) for name in after}
        yield _change(entity, _action(after), before, after)


def _action(after: Values) -> str:
    """Name of the change in the audit."""
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
    """One part of the history of each column that has it, without a read."""
    state = inspect(entity)
    names = [column.key for column in state.mapper.column_attrs if column.key not in LEFT_OUT]
    found = {name: part(state.attrs[name].history) for name in names}
    return {name: _json(values[0]) for name, values in found.items() if values}


def _json(value: Any) -> Any:
    """JSON of a value: money as text, times as in ISO 8601."""
    return f"{value:.2f}" if isinstance(value, Decimal) else to_jsonable_python(value)
