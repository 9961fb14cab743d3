# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Access to rows: members see their own, in requests and in any query."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import Select, event, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.auth.scopes import Actor, Scope
from app.database.migration import build_migration_engine
from app.models import Order, OutboxMessage, Transfer, User
from tests.auth.commands import command_database, create_by_command, new_email, run_command
from tests.auth.users import add_user, member_client
from tests.credentials import member_headers
from tests.shop.access import OwnedRows, add_owned_rows, limit_scopes
from tests.shop.factories import (
    UNKNOWN_ID,
    add_customer,
    address_data,
    change_status,
    create_address,
    create_product,
    place_order,
)

another = aliased(Order)
COUNTS: dict[str, Select[int]] = {
    "rows": select(func.count(Order.id)),
    "table": select(func.count()).select_from(Order),
    "alias": select(func.count(another.id)),
    "subquery": select(func.count()).select_from(select(Order).subquery()),
    "join": select(func.count(Order.id)).join(User),
    "exists": select(func.count(User.id)).where(User.id.in_(select(Order.user_id))),
    "transfers": select(func.count(Transfer.id)),
}
LISTS = ["addresses", "orders"]


def member(user_id: int, *scopes: Scope) -> Actor:
    return Actor(user_id, frozenset(scopes), None)


async def add_rows_of_two_users(app: FastAPI, session: AsyncSession) -> tuple[OwnedRows, OwnedRows]:
    """Store rows of two users."""
    own = await add_owned_rows(app, session)
    other = await add_owned_rows(app, session)
    return own, other


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS.keys())
async def test_counts_include_own_rows_only(
    app: FastAPI,
    session: AsyncSession,
    count: Select[int],
) -> None:
    own, _ = await add_rows_of_two_users(app, session)
    all_of_them = await session.scalar(count)
    async with app.state.sessions() as restricted:
        restricted.info["actor"] = member(own["user_id"])
        found = await restricted.scalar(count)
    async with app.state.sessions() as unrestricted:
        unrestricted.info["actor"] = member(own["user_id"], Scope.ORDERS)
        for_managers = await unrestricted.scalar(count)

    assert (found, for_managers, all_of_them) == (1, 2, 2)


async def test_get_by_id_finds_own_rows_only(app: FastAPI, session: AsyncSession) -> None:
    own, other = await add_rows_of_two_users(app, session)
    async with app.state.sessions() as restricted:
        restricted.info["actor"] = member(own["user_id"])
        found = await restricted.get(Order, own["order_id"])
        foreign = await restricted.get(Order, other["order_id"])
        foreign_transfer = await restricted.get(Transfer, other["transfer_id"])

    assert found.user_id == own["user_id"]
    assert (foreign, foreign_transfer) == (None, None)


async def test_update_changes_own_rows_only(app: FastAPI, session: AsyncSession) -> None:
    own, other = await add_rows_of_two_users(app, session)
    async with app.state.sessions.begin() as restricted:
        restricted.info["actor"] = member(own["user_id"])
        await restricted.execute(update(Order).values(shipping_address="Elsewhere"))

    rows = await session.execute(select(Order.user_id, Order.shipping_address))
    assert dict(rows.all()) == {own["user_id"]: "Elsewhere", other["user_id"]: "1 Main Street"}


async def test_member_manages_own_addresses(app: FastAPI, session: AsyncSession) -> None:
    user = await add_user(session)
    async with member_client(app, session, user["id"]) as client:
        created = await client.post(f"/users/{user['id']}/addresses", json=address_data())
        place = created.headers["Location"]
        changed = await client.patch(place, json={"city": "Paris"})
        found = await client.get(place)
        deleted = await client.delete(place)

    statuses = [one.status_code for one in (created, changed, found, deleted)]
    assert statuses == [201, 200, 200, 204]
    assert found.json()["city"] == "Paris"


@pytest.mark.parametrize("name", LISTS)
async def test_member_lists_own_addresses_and_orders(
    staff_client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    user_id = await add_customer(session)

    response = await staff_client.get(f"/users/{user_id}/{name}", headers=member_headers(user_id))

    assert (response.status_code, response.json()["total"]) == (200, 0)


@pytest.mark.parametrize("name", LISTS)
async def test_another_user_is_404_like_an_unknown_user(
    staff_client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    other_member = member_headers(await add_customer(session))
    user_id = await add_customer(session)
    await create_address(staff_client, user_id)

    for key in (user_id, UNKNOWN_ID):
        response = await staff_client.get(f"/users/{key}/{name}", headers=other_member)
        assert response.status_code == 404
        assert response.json()["detail"] == f"User {key} does not exist."


async def test_access_below_another_user_is_logged(
    staff_client: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other_member, user_id = await add_customer(session), await add_customer(session)

    with caplog.at_level(logging.INFO, "app.auth"):
        await staff_client.get(f"/users/{user_id}/orders", headers=member_headers(other_member))

    assert f"authz_fail: user {other_member}, below user {user_id}" in caplog.messages


async def test_invalid_body_does_not_reveal_whether_a_user_exists(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    other_member = member_headers(await add_customer(session))
    user_id = await add_customer(session)

    for key in (user_id, UNKNOWN_ID):
        response = await staff_client.post(f"/users/{key}/addresses", json={}, headers=other_member)
        assert response.status_code == 404


async def test_address_of_another_user_is_404_below_the_own_path(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id, other_id = await add_customer(session), await add_customer(session)
    address = await create_address(staff_client, other_id)

    path = f"/users/{user_id}/addresses/{address['id']}"
    response = await staff_client.get(path, headers=member_headers(user_id))

    assert response.status_code == 404


@pytest.mark.parametrize("name", LISTS)
async def test_staff_key_without_orders_scope_cannot_read_below_other_users(
    staff_client: AsyncClient,
    session: AsyncSession,
    name: str,
) -> None:
    user_id = await add_customer(session)
    before = await staff_client.get(f"/users/{user_id}/{name}")
    await limit_scopes(session, Scope.CATALOG, Scope.USERS, Scope.SHOP)

    after = await staff_client.get(f"/users/{user_id}/{name}")

    assert (before.status_code, after.status_code) == (200, 404)


@pytest.mark.parametrize(
    "path", ["/users", "/users/statistics", "/users/{}", "/users?email=ada@example.com"]
)
async def test_members_cannot_manage_users(
    staff_client: AsyncClient,
    session: AsyncSession,
    path: str,
) -> None:
    user_id = await add_customer(session)

    response = await staff_client.get(path.format(user_id), headers=member_headers(user_id))

    assert response.status_code == 403
    assert response.json()["detail"] == "This requires the scope users:manage."


async def audited(session: AsyncSession, entity: str) -> list[tuple[str, str]]:
    """Actor and action of each change of an entity, oldest first."""
    rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    changes: list[dict[str, Any]] = [message.payload for message in rows]
    return [(one["actor"], one["action"]) for one in changes if one["entity"] == entity]


async def test_audit_names_the_current_user(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    async with member_client(app, session, user["id"]) as client:
        await client.post(f"/users/{user['id']}/addresses", json=address_data())

    found = await audited(session, "addresses")
    assert found == [(f"user {user['id']}", "create")]


async def test_audit_distinguishes_members_from_staff(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user_id = await add_customer(session)
    product = await create_product(staff_client, stock_quantity=5)
    placed = await place_order(staff_client, user_id, (product["id"], 1))
    await change_status(staff_client, placed.json()["id"], "confirmed")

    found = await audited(session, "orders")
    assert found == [(f"user {user_id}", "create"), ("user 1", "status")]


async def test_api_key_authentication_costs_one_statement(
    app: FastAPI,
    staff_client: AsyncClient,
) -> None:
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "api_keys" in statement:
            ran.append(statement)

    # The first request stores when the key was last used.
    await staff_client.get("/orders")
    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await staff_client.get("/orders")
    event.remove(engine, "before_cursor_execute", note)

    assert len(ran) == 1, "\n".join(ran)


def test_user_commands_are_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = select(OutboxMessage.payload).order_by(OutboxMessage.id)
    email = new_email()
    with command_database(monkeypatch) as settings:
        create_by_command(email)
        run_command("deactivate", email)
        with build_migration_engine(settings).begin() as connection:
            payloads = connection.scalars(statement).all()

    changes = [(one["action"], one["entity"], one["actor"]) for one in payloads[-2:]]
    assert changes == [
        ("create", "users", "the command line"),
        ("update", "users", "the command line"),
    ]
# {% endcall %}
