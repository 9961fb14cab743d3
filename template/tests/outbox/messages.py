# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Outbox messages and handlers for tests."""

from datetime import timedelta
from threading import Event
from typing import Any

# {% if concurrency == "async" %}
import anyio
# {% endif %}
from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import AuditRecord, OutboxMessage
from app.models.base import utc_now

TOPIC = "test"
MAX_SECONDS = 60


class RecordingHandler:
    """A handler that records the ids of its messages, and fails a given number of times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.handled: list[int] = []

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Record one message."""
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the handler failed")
        self.handled.append(message.id)


class BlockingHandler:
    """A handler that blocks until it is released."""

    def __init__(self) -> None:
        self.started = Event()
        self.released = Event()

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Wait for the release."""
        self.started.set()
        # {% if concurrency == "async" %}
        await anyio.to_thread.run_sync(self.released.wait, MAX_SECONDS)
        # {% else %}
        self.released.wait(MAX_SECONDS)
        # {% endif %}
# {% endcall %}


def write_messages(settings: Settings, count: int, topic: str = TOPIC) -> list[int]:
    """Store due messages; return their ids."""
    long_ago = utc_now() - timedelta(hours=1)
    values: dict[str, Any] = {"topic": topic, "payload": {}, "due_at": long_ago}
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(OutboxMessage), [values] * count)
        return _keys(connection, topic)


def waiting(settings: Settings, topic: str = TOPIC) -> list[int]:
    """Ids of the undelivered messages."""
    with build_migration_engine(settings).begin() as connection:
        return _keys(connection, topic)


def _keys(connection: Connection, topic: str) -> list[int]:
    statement = select(OutboxMessage.id).where(OutboxMessage.topic == topic)
    return list(connection.scalars(statement.order_by(OutboxMessage.id)))


def attempts(settings: Settings, topic: str = TOPIC) -> set[int]:
    """Numbers of delivery attempts of the undelivered messages."""
    statement = select(OutboxMessage.attempts).where(OutboxMessage.topic == topic)
    with build_migration_engine(settings).begin() as connection:
        return set(connection.scalars(statement))


def recorded(settings: Settings, entity_id: int) -> list[str]:
    """Audited actions on one row, oldest first."""
    statement = select(AuditRecord.action).where(AuditRecord.entity_id == entity_id)
    with build_migration_engine(settings).begin() as connection:
        return list(connection.scalars(statement.order_by(AuditRecord.message_id)))
