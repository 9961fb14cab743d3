# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Outbox delivery: at least once, with retries."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AuditRecord, OutboxMessage
from app.models.base import utc_now
from app.outbox.dispatcher import HANDLERS, deliver_due
from tests.outbox.messages import TOPIC, RecordingHandler
from tests.shop.factories import create_category

SECOND = timedelta(seconds=1)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> RecordingHandler:
    """Handler of the test topic."""
    handler = RecordingHandler()
    monkeypatch.setitem(HANDLERS, TOPIC, handler)
    return handler


async def write(session: AsyncSession, **fields: Any) -> OutboxMessage:
    message = OutboxMessage(**{"topic": TOPIC, "payload": {}} | fields)
    session.add(message)
    await session.commit()
    return message


async def messages(session: AsyncSession) -> list[OutboxMessage]:
    """Stored messages, read again."""
    session.expunge_all()
    rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return list(rows)


async def make_due(session: AsyncSession) -> None:
    await session.execute(update(OutboxMessage).values(due_at=utc_now() - SECOND))
    await session.commit()


async def records(session: AsyncSession) -> list[AuditRecord]:
    rows = await session.scalars(select(AuditRecord).order_by(AuditRecord.message_id))
    return list(rows)


async def test_change_by_a_request_is_recorded(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(staff_client, name="Old")
    path = f"/categories/{category['id']}"
    await staff_client.patch(path, json={"name": "New"}, headers={"X-Request-ID": "trace-2"})

    delivered = await deliver_due(app.state.sessions)

    found = await records(session)
    left = await messages(session)
    assert (delivered, left) == (2, [])
    assert [record.action for record in found] == ["create", "update"]
    assert {(record.entity, record.entity_id) for record in found} == {
        ("categories", category["id"]),
    }
    assert (found[1].before, found[1].after) == ({"name": "Old"}, {"name": "New"})
    # {% if auth == "none" %}
    assert (found[1].actor, found[1].request_id) == ("anonymous", "trace-2")
    # {% else %}
    assert (found[1].actor, found[1].request_id) == ("user 1", "trace-2")
    # {% endif %}
    assert found[0].happened_at < found[1].happened_at <= utc_now()


async def test_message_delivered_twice_is_recorded_once(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    await create_category(staff_client)
    written = await messages(session)
    session.expunge_all()
    again = {"id": written[0].id, "topic": "audit", "payload": written[0].payload}

    await deliver_due(app.state.sessions)
    await write(session, **again)
    await deliver_due(app.state.sessions)

    found = await records(session)
    left = await messages(session)
    assert ([record.message_id for record in found], left) == ([again["id"]], [])


async def test_due_messages_are_delivered_oldest_first(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
) -> None:
    now = utc_now()
    young = await write(session, due_at=now - SECOND)
    old = await write(session, due_at=now - 2 * SECOND)
    future = await write(session, due_at=now + timedelta(hours=1))

    delivered = await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (delivered, handler.handled) == (2, [old.id, young.id])
    assert [message.id for message in left] == [future.id]


async def test_failed_message_is_retried_with_growing_delay(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
    caplog: pytest.LogCaptureFixture,
) -> None:
    handler.failures = 2
    message = await write(session)
    pauses: list[float] = []
    for _ in range(2):
        started = utc_now()
        await deliver_due(app.state.sessions)
        left = await messages(session)
        pauses.append((left[0].due_at - started).total_seconds())
        await make_due(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert [round(pause) for pause in pauses] == [2, 4]
    assert (handler.handled, left) == ([message.id], [])
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "the handler failed" in caplog.text


async def test_retry_delay_is_at_most_five_minutes(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
) -> None:
    handler.failures = 1
    await write(session, attempts=100)
    started = utc_now()

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert round((left[0].due_at - started).total_seconds()) == 300


async def test_failed_message_does_not_block_others(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
) -> None:
    handler.failures = 1
    first = await write(session)
    second = await write(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (handler.handled, [message.id for message in left]) == ([second.id], [first.id])


async def test_writes_of_a_failing_handler_are_rolled_back(
    app: FastAPI,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def write_and_fail(session: AsyncSession, message: OutboxMessage) -> None:
        session.add(OutboxMessage(topic="half", payload=message.payload))
        await session.flush()
        raise RuntimeError("after the insert")

    monkeypatch.setitem(HANDLERS, TOPIC, write_and_fail)
    await write(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert [message.topic for message in left] == [TOPIC]


async def test_topic_without_a_handler_is_logged_and_kept(
    app: FastAPI,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write(session, topic="unknown")

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert [(message.topic, message.attempts) for message in left] == [("unknown", 1)]
    assert left[0].due_at > utc_now()
    assert "unknown" in caplog.text


async def test_stopped_worker_leaves_remaining_messages(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
) -> None:
    first = await write(session)
    second = await write(session)

    await deliver_due(app.state.sessions, lambda: len(handler.handled) == 1)

    left = await messages(session)
    assert (handler.handled, [message.id for message in left]) == ([first.id], [second.id])


async def test_message_with_an_expired_lease_is_left_to_the_next_worker(
    app: FastAPI,
    session: AsyncSession,
    handler: RecordingHandler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.outbox.dispatcher.LEASE", timedelta())
    await write(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (handler.handled, len(left)) == ([], 1)
# {% endcall %}
