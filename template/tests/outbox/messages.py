# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Messages for tests, and sinks that do with them what a test needs."""

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
LONGEST_SECONDS = 60


class Notebook:
    """A sink that notes the keys of its messages, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.noted: list[int] = []

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Note one message."""
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the sink failed")
        self.noted.append(message.id)


class SlowSink:
    """A sink that takes until it is released."""

    def __init__(self) -> None:
        self.started = Event()
        self.released = Event()

    async def __call__(self, session: AsyncSession, message: OutboxMessage) -> None:
        """Take the message, and wait."""
        self.started.set()
        # {% if concurrency == "async" %}
        await anyio.to_thread.run_sync(self.released.wait, LONGEST_SECONDS)
        # {% else %}
        self.released.wait(LONGEST_SECONDS)
        # {% endif %}
# {% endcall %}


def write_messages(settings: Settings, count: int, topic: str = TOPIC) -> list[int]:
    """Store messages that are due, and return their keys."""
    long_ago = utc_now() - timedelta(hours=1)
    values: dict[str, Any] = {"topic": topic, "payload": {}, "due_at": long_ago}
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(OutboxMessage), [values] * count)
        return _keys(connection, topic)


def waiting(settings: Settings, topic: str = TOPIC) -> list[int]:
    """Return the keys of the messages that are still there."""
    with build_migration_engine(settings).begin() as connection:
        return _keys(connection, topic)


def _keys(connection: Connection, topic: str) -> list[int]:
    statement = select(OutboxMessage.id).where(OutboxMessage.topic == topic)
    return list(connection.scalars(statement.order_by(OutboxMessage.id)))


def attempts(settings: Settings, topic: str = TOPIC) -> set[int]:
    """Return how often the messages that are still there have been taken."""
    statement = select(OutboxMessage.attempts).where(OutboxMessage.topic == topic)
    with build_migration_engine(settings).begin() as connection:
        return set(connection.scalars(statement))


def recorded(settings: Settings, entity_id: int) -> list[str]:
    """Return the recorded actions on one thing, the first one first."""
    statement = select(AuditRecord.action).where(AuditRecord.entity_id == entity_id)
    with build_migration_engine(settings).begin() as connection:
        return list(connection.scalars(statement.order_by(AuditRecord.message_id)))
