"""Tables of the outbox, the audit and the idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Identified, utc_now


class OutboxMessage(Identified, Base):
    """Message to deliver after the commit: written with its change, deleted when delivered."""

    __tablename__ = "outbox_messages"
    # Keys are never reused: the audit would take a new message for a recorded one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    topic: Mapped[str] = mapped_column(String(50))
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    # Delivered no earlier; in the future while a worker has the message, and after a failure.
    due_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AuditRecord(Identified, Base):
    """Change of a row: its actor, its values before and after."""

    __tablename__ = "audit_records"
    __table_args__ = (Index(None, "entity", "entity_id"),)

    # Unique: a message that is delivered twice is recorded once.
    message_id: Mapped[int] = mapped_column(BigId, unique=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(20))
    entity: Mapped[str] = mapped_column(String(50))
    entity_id: Mapped[int] = mapped_column(BigId)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime]


class IdempotencyRecord(Base):
    """Response to a request with an Idempotency-Key, replayed for retries."""

    __tablename__ = "idempotency_records"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    # Hash of the request: the same key for another request is an error of the client.
    fingerprint: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
