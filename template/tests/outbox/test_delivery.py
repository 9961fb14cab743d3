# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A message is delivered at least once, and what fails is tried again later."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AuditRecord, OutboxMessage
from app.models.base import utc_now
from app.outbox.delivery import deliver_due
from app.outbox.sinks import HANDLERS
from tests.factories import create_category
from tests.outbox.messages import TOPIC, Notebook

SECOND = timedelta(seconds=1)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """The sink of the topic for tests."""
    notebook = Notebook()
    monkeypatch.setitem(HANDLERS, TOPIC, notebook)
    return notebook


async def write(session: AsyncSession, **fields: Any) -> OutboxMessage:
    message = OutboxMessage(**{"topic": TOPIC, "payload": {}} | fields)
    session.add(message)
    await session.commit()
    return message


async def messages(session: AsyncSession) -> list[OutboxMessage]:
    """Return the messages that are there, as they are stored now."""
    session.expunge_all()
    rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return list(rows)


async def make_due(session: AsyncSession) -> None:
    await session.execute(update(OutboxMessage).values(due_at=utc_now() - SECOND))
    await session.commit()


async def records(session: AsyncSession) -> list[AuditRecord]:
    rows = await session.scalars(select(AuditRecord).order_by(AuditRecord.message_id))
    return list(rows)


async def test_a_change_over_http_is_recorded(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(client, name="Old")
    path = f"/categories/{category['id']}"
    await client.patch(path, json={"name": "New"}, headers={"X-Request-ID": "trace-2"})

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


async def test_a_message_that_is_delivered_twice_is_recorded_once(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    await create_category(client)
    written = await messages(session)
    session.expunge_all()
    again = {"id": written[0].id, "topic": "audit", "payload": written[0].payload}

    await deliver_due(app.state.sessions)
    await write(session, **again)
    await deliver_due(app.state.sessions)

    found = await records(session)
    left = await messages(session)
    assert ([record.message_id for record in found], left) == ([again["id"]], [])


async def test_the_oldest_message_is_delivered_first_and_a_later_one_not_yet(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
) -> None:
    now = utc_now()
    young = await write(session, due_at=now - SECOND)
    old = await write(session, due_at=now - 2 * SECOND)
    future = await write(session, due_at=now + timedelta(hours=1))

    delivered = await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (delivered, notebook.noted) == (2, [old.id, young.id])
    assert [message.id for message in left] == [future.id]


async def test_a_sink_that_fails_gets_the_message_again_after_a_pause_that_grows(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    notebook.failures = 2
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
    assert (notebook.noted, left) == ([message.id], [])
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "the sink failed" in caplog.text


async def test_the_longest_pause_is_five_minutes(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
) -> None:
    notebook.failures = 1
    await write(session, attempts=100)
    started = utc_now()

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert round((left[0].due_at - started).total_seconds()) == 300


async def test_a_failing_message_does_not_stop_the_others(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
) -> None:
    notebook.failures = 1
    first = await write(session)
    second = await write(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (notebook.noted, [message.id for message in left]) == ([second.id], [first.id])


async def test_what_a_failing_sink_wrote_is_rolled_back(
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


async def test_a_topic_without_a_sink_is_logged_and_kept(
    app: FastAPI,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write(session, topic="nobody")

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert [(message.topic, message.attempts) for message in left] == [("nobody", 1)]
    assert left[0].due_at > utc_now()
    assert "nobody" in caplog.text


async def test_a_worker_that_is_told_to_stop_leaves_the_rest(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
) -> None:
    first = await write(session)
    second = await write(session)

    await deliver_due(app.state.sessions, lambda: len(notebook.noted) == 1)

    left = await messages(session)
    assert (notebook.noted, [message.id for message in left]) == ([first.id], [second.id])


async def test_messages_whose_lease_has_ended_are_left_to_whoever_takes_them_next(
    app: FastAPI,
    session: AsyncSession,
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.outbox.delivery.LEASE", timedelta())
    await write(session)

    await deliver_due(app.state.sessions)

    left = await messages(session)
    assert (notebook.noted, len(left)) == ([], 1)
# {% endcall %}
