# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Where messages go: a function for each topic."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import TOPIC
from app.models import AuditRecord, OutboxMessage


class Sink(Protocol):
    """Do what a message asks for; raise, and it is tried again later.

    A message may come twice, so what it asks for must be harmless to repeat. The session commits
    together with the deletion of the message. It takes no connection before it is used: what is
    slow, such as a call to another service, comes first.
    """

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Deliver one message."""
        ...


async def record_change(session: AsyncSession, message: OutboxMessage) -> None:
    """Keep a change for ever, once: a message that is recorded already is a success.

    Two workers with the same message at the same moment are told apart by the unique message_id:
    one of them fails, and finds the record when it tries again.
    """
    known = await session.scalar(
        select(AuditRecord.id).where(AuditRecord.message_id == message.id),
    )
    if known is None:
        happened_at = datetime.fromisoformat(message.payload["happened_at"])
        values = message.payload | {"happened_at": happened_at}
        session.add(AuditRecord(message_id=message.id, **values))


HANDLERS: dict[str, Sink] = {TOPIC: record_change}
# {% endcall %}
