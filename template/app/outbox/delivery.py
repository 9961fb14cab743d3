# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Deliver messages: each at least once, however many workers there are and whichever dies."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from app.database.session import SessionFactory
from app.models import OutboxMessage
from app.models.base import utc_now
from app.outbox.sinks import HANDLERS

logger = logging.getLogger(__name__)

BATCH = 100
# How long a message belongs to the worker that took it. After that it is due again.
LEASE = timedelta(seconds=60)
LONGEST_PAUSE_SECONDS = 300


def _never() -> bool:
    return False


async def deliver_due(
    sessions: SessionFactory,
    is_stopped: Callable[[], bool] = _never,
) -> int:
    """Deliver the messages that are due, and return how many were. Stops after any if told to."""
    messages = await _claim(sessions)
    for message in messages:
        # Too late for the rest: they may belong to another worker by now.
        if is_stopped() or message.due_at <= utc_now():
            break
        await _deliver(sessions, message)
    return len(messages)


async def _claim(sessions: SessionFactory) -> Sequence[OutboxMessage]:
    """Take the oldest messages that are due, so that no other worker does, and commit that."""
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
    """Hand a message to its sink and delete it; keep it for later where that fails.

    A topic without a sink is such a failure too: the next version may have one.
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
    """Let a message wait twice as long as the last time, up to a limit."""
    seconds = min(2**message.attempts, LONGEST_PAUSE_SECONDS)
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id)
        .values(due_at=utc_now() + timedelta(seconds=seconds))
    )
    async with sessions.begin() as session:
        await session.execute(statement)
# {% endcall %}
