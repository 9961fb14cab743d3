# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who acts is told to the audit, and costs one statement to find out."""

from typing import Any

from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import OutboxMessage
from tests.auth.people import add_person, signed_in
from tests.factories import address_data, create_product
from tests.shop.orders.shopping import add_user, change_status, place


async def audited(session: AsyncSession, entity: str) -> list[tuple[str, str]]:
    """Return who changed things of a kind and how, the first change first."""
    rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    changes: list[dict[str, Any]] = [message.payload for message in rows]
    return [(one["actor"], one["action"]) for one in changes if one["entity"] == entity]


async def test_the_audit_names_the_user_who_signed_in(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    async with signed_in(app, session, person["id"]) as client:
        await client.post(f"/users/{person['id']}/addresses", json=address_data())

    found = await audited(session, "addresses")
    assert found == [(f"user {person['id']}", "create")]


async def test_the_audit_tells_a_buyer_from_staff(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    product = await create_product(client, stock_quantity=5)
    placed = await place(client, user_id, (product["id"], 1))
    await change_status(client, placed.json()["id"], "confirmed")

    found = await audited(session, "orders")
    assert found == [(f"user {user_id}", "create"), ("user 1", "status")]


async def test_to_know_a_machine_costs_one_statement(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "api_keys" in statement:
            ran.append(statement)

    # The first request notes that the key is used.
    await client.get("/orders")
    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await client.get("/orders")
    event.remove(engine, "before_cursor_execute", note)

    assert len(ran) == 1, "\n".join(ran)
# {% endcall %}
