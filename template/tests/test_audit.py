# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Audit messages of changes; a rolled-back change writes none."""

from decimal import Decimal
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Address, Order, OrderStatus, OutboxMessage, User
from app.models.base import utc_now
from tests.shop.factories import category_data, create_category, create_product, product_data

TRACE = {"X-Request-ID": "trace-1"}


async def changes(session: AsyncSession) -> list[dict[str, Any]]:
    """Payloads of the audit messages, oldest first."""
    rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [message.payload for message in rows if message.topic == "audit"]


async def last_change(session: AsyncSession) -> dict[str, Any]:
    found = await changes(session)
    return found[-1]


async def new_user(session: AsyncSession) -> User:
    user = User(username="ada", email="ada@example.com", store_credit=Decimal("5.5"))
    session.add(user)
    await session.flush()
    return user


async def test_create_records_all_columns(staff_client: AsyncClient, session: AsyncSession) -> None:
    data = product_data(price="9.90")
    response = await staff_client.post("/products", json=data, headers=TRACE)

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("create", "products")
    assert change["entity_id"] == response.json()["id"]
    # {% if auth == "none" %}
    assert (change["actor"], change["request_id"]) == ("anonymous", "trace-1")
    # {% else %}
    assert (change["actor"], change["request_id"]) == ("user 1", "trace-1")
    # {% endif %}
    assert change["before"] is None
    assert change["after"].items() >= data.items()
    assert change["after"]["is_active"] is True
    assert change["after"].keys().isdisjoint({"updated_at", "version"})
    assert change["happened_at"].endswith("+00:00")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_update_records_changed_columns(
    staff_client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    product = await create_product(staff_client, price="9.99", description="old")

    data = {name: product[name] for name in ("name", "slug", "sku")}
    data |= {"price": "10", "description": None}
    await staff_client.request(method, f"/products/{product['id']}", json=data, headers=TRACE)

    change = await last_change(session)
    assert (change["action"], change["entity_id"]) == ("update", product["id"])
    assert change["before"] == {"price": "9.99", "description": "old"}
    assert change["after"] == {"price": "10.00", "description": None}
    assert change["request_id"] == "trace-1"


async def test_delete_records_all_columns(staff_client: AsyncClient, session: AsyncSession) -> None:
    category = await create_category(staff_client)
    await staff_client.delete(f"/categories/{category['id']}", headers=TRACE)

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("delete", "categories")
    assert change["entity_id"] == change["before"]["id"] == category["id"]
    assert (change["before"]["slug"], change["after"]) == (category["slug"], None)
    assert change["request_id"] == "trace-1"


async def test_soft_delete_is_recorded_as_delete(session: AsyncSession) -> None:
    user = await new_user(session)
    moment = utc_now()
    user.deleted_at = moment
    await session.flush()

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("delete", "users")
    assert change["before"] == {"deleted_at": None}
    assert change["after"] == {"deleted_at": moment.isoformat().replace("+00:00", "Z")}


async def test_status_change_is_recorded_as_status(session: AsyncSession) -> None:
    user = await new_user(session)
    order = Order(order_number="1", user=user, total_amount=Decimal(3), shipping_address="Here")
    session.add(order)
    await session.flush()
    order.status = OrderStatus.CONFIRMED
    await session.flush()

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("status", "orders")
    assert change["entity_id"] == order.id
    assert change["before"] == {"status": "pending"}
    assert change["after"] == {"status": "confirmed"}


async def test_each_changed_row_has_its_own_message(session: AsyncSession) -> None:
    user = await new_user(session)
    place = {"street": "1 Road", "city": "Town", "postal_code": "1", "country": "GB"}
    session.add_all([Address(user_id=user.id, **place), Address(user_id=user.id, **place)])
    user.full_name = "Ada Lovelace"
    await session.flush()

    found = await changes(session)
    assert [(change["action"], change["entity"]) for change in found] == [
        ("create", "users"),
        ("create", "addresses"),
        ("create", "addresses"),
        ("update", "users"),
    ]
    assert found[0]["after"]["store_credit"] == "5.50"
    assert len({(change["entity"], change["entity_id"]) for change in found}) == 3


async def test_actor_comes_from_the_session(session: AsyncSession) -> None:
    session.info["actor"] = "ada"
    await new_user(session)

    change = await last_change(session)
    assert (change["actor"], change["request_id"]) == ("ada", "-")


async def test_update_without_changes_writes_no_message(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    product = await create_product(staff_client)
    path = f"/products/{product['id']}"
    before = await changes(session)
    await staff_client.patch(path, json={})
    await staff_client.patch(path, json={"name": product["name"], "price": f"{product['price']}0"})

    after = await changes(session)
    assert after == before


async def test_rejected_request_writes_no_message(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(staff_client)
    before = await changes(session)

    taken = await staff_client.post("/categories", json=category_data(slug=category["slug"]))
    wrong = await staff_client.post("/products", json=product_data(price="-1"))
    missing = await staff_client.patch("/products/999999", json={"name": "New"})

    after = await changes(session)
    assert [taken.status_code, wrong.status_code, missing.status_code] == [409, 422, 404]
    assert after == before


async def test_request_that_fails_after_its_change_writes_no_message(
    monkeypatch: pytest.MonkeyPatch,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    def fail(_version: int) -> str:
        raise RuntimeError("after the change")

    monkeypatch.setattr("app.shop.products.routes.etag", fail)

    response = await staff_client.post("/products", json=product_data())

    found = await changes(session)
    assert response.status_code == 500
    assert found == []
# {% endcall %}
