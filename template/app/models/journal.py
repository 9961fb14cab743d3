"""What the service keeps about its own work: messages to send, audit, answers already given."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Identified, utc_now


class OutboxMessage(Identified, Base):
    """Work to do after the commit: written with the change that causes it, deleted when done."""

    __tablename__ = "outbox_messages"
    # Never the number of a deleted message again, or the audit would take it for a known one.
    __table_args__ = ({"sqlite_autoincrement": True},)

    topic: Mapped[str] = mapped_column(String(50))
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    # Not before this moment: it lies in the future while a worker has it, and after a failure.
    due_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AuditRecord(Identified, Base):
    """Who changed what, and how it was before and after."""

    __tablename__ = "audit_records"
    __table_args__ = (Index(None, "entity", "entity_id"),)

    # A message that is delivered twice is recorded once.
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
    """The answer to a request that named an Idempotency-Key, for those who ask again."""

    __tablename__ = "idempotency_records"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    # What was asked: the same key for another request is a mistake of the client.
    fingerprint: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
