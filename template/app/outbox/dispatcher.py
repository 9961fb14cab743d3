# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Outbox dispatcher: delivers each message at least once, with any number of workers."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit import TOPIC
from app.database.session import SessionFactory
from app.models import AuditRecord, OutboxMessage
from app.models.base import utc_now

logger = logging.getLogger(__name__)

BATCH = 100
# Time for which a message belongs to the worker that claimed it. After that it is due again.
LEASE = timedelta(seconds=60)
MAX_DELAY_SECONDS = 300


class Handler(Protocol):
    """Executes a message; if it raises, the message is delivered again later.

    A message can arrive twice, so handlers must be idempotent. The session commits together with
    the deletion of the message. It takes no connection before it is used: do slow work, such as
    a call to another service, first.
    """

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Execute one message."""
        ...


async def record_change(session: AsyncSession, message: OutboxMessage) -> None:
    """Store a change in the audit, once: a message that is recorded already is a success.

    For two workers with the same message at the same time message_id is unique: one of them fails,
    and finds the record when it retries.
    """
    known = await session.scalar(select(AuditRecord.id).where(AuditRecord.message_id == message.id))
    if known is None:
        happened_at = datetime.fromisoformat(message.payload["happened_at"])
        values = message.payload | {"happened_at": happened_at}
        session.add(AuditRecord(message_id=message.id, **values))


HANDLERS: dict[str, Handler] = {TOPIC: record_change}


async def deliver_due(sessions: SessionFactory, stopped: Callable[[], bool] = lambda: False) -> int:
    """Deliver the messages that are due, and return their number. Stops between messages."""
    messages = await _claim(sessions)
    for message in messages:
        # The leases of the rest have expired: another worker can own them by now.
        if stopped() or message.due_at <= utc_now():
            break
        await _deliver(sessions, message)
    return len(messages)


async def _claim(sessions: SessionFactory) -> Sequence[OutboxMessage]:
    """Claim the oldest messages that are due, and commit, so that no other worker takes them."""
    now = utc_now()
    statement = (
        select(OutboxMessage)
        .where(OutboxMessage.due_at <= now)
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked={{ dialect.skip_locked }})
    )
    async with sessions.begin() as session:
        rows = await session.scalars(statement)
        messages = rows.all()
        for message in messages:
            message.attempts += 1
            message.due_at = now + LEASE
    return messages


async def _deliver(sessions: SessionFactory, message: OutboxMessage) -> None:
    """Pass a message to its handler and delete it; keep it for later if that fails.

    A topic without a handler is a failure too: the next version can have one.
    """
    try:
        async with sessions.begin() as session:
            await HANDLERS[message.topic](session, message)
            await session.execute(delete(OutboxMessage).where(OutboxMessage.id == message.id))
    except Exception:
        logger.warning(
            "message %d on %s failed, attempt %d",
            message.id,
            message.topic,
            message.attempts,
            exc_info=True,
        )
        await _postpone(sessions, message)


async def _postpone(sessions: SessionFactory, message: OutboxMessage) -> None:
    """Double the delay of a message, up to a limit."""
    delay = timedelta(seconds=min(2**message.attempts, MAX_DELAY_SECONDS))
    postponed = update(OutboxMessage).where(OutboxMessage.id == message.id)
    async with sessions.begin() as session:
        await session.execute(postponed.values(due_at=utc_now() + delay))
# {% endcall %}
