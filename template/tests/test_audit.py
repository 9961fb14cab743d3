# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Each change leaves a message about itself, and what was rolled back leaves none."""

from decimal import Decimal
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Address, Order, OrderStatus, OutboxMessage, User
from app.models.base import utc_now
from tests.factories import category_data, create_category, create_product, product_data

TRACE = {"X-Request-ID": "trace-1"}


async def changes(session: AsyncSession) -> list[dict[str, Any]]:
    """Return what the messages tell, the first change first."""
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


async def test_a_created_row_is_told_whole(client: AsyncClient, session: AsyncSession) -> None:
    data = product_data(price="9.90")
    response = await client.post("/products", json=data, headers=TRACE)

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
async def test_a_changed_row_is_told_by_what_is_different(
    client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    product = await create_product(client, price="9.99", description="old")

    data = {name: product[name] for name in ("name", "slug", "sku")}
    data |= {"price": "10", "description": None}
    await client.request(method, f"/products/{product['id']}", json=data, headers=TRACE)

    change = await last_change(session)
    assert (change["action"], change["entity_id"]) == ("update", product["id"])
    assert change["before"] == {"price": "9.99", "description": "old"}
    assert change["after"] == {"price": "10.00", "description": None}
    assert change["request_id"] == "trace-1"


async def test_a_deleted_row_is_told_whole(client: AsyncClient, session: AsyncSession) -> None:
    category = await create_category(client)
    await client.delete(f"/categories/{category['id']}", headers=TRACE)

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("delete", "categories")
    assert change["entity_id"] == change["before"]["id"] == category["id"]
    assert (change["before"]["slug"], change["after"]) == (category["slug"], None)
    assert change["request_id"] == "trace-1"


async def test_a_row_marked_as_deleted_is_told_as_deleted(session: AsyncSession) -> None:
    user = await new_user(session)
    moment = utc_now()
    user.deleted_at = moment
    await session.flush()

    change = await last_change(session)
    assert (change["action"], change["entity"]) == ("delete", "users")
    assert change["before"] == {"deleted_at": None}
    assert change["after"] == {"deleted_at": moment.isoformat().replace("+00:00", "Z")}


async def test_a_change_of_the_status_is_told_as_such(session: AsyncSession) -> None:
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


async def test_several_changes_at_once_leave_a_message_each(session: AsyncSession) -> None:
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


async def test_the_session_knows_who_did_it(session: AsyncSession) -> None:
    session.info["actor"] = "ada"
    await new_user(session)

    change = await last_change(session)
    assert (change["actor"], change["request_id"]) == ("ada", "-")


async def test_a_change_of_nothing_leaves_no_message(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    product = await create_product(client)
    path = f"/products/{product['id']}"
    before = await changes(session)
    await client.patch(path, json={})
    await client.patch(path, json={"name": product["name"], "price": f"{product['price']}0"})

    after = await changes(session)
    assert after == before


async def test_a_refused_request_leaves_no_message(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(client)
    before = await changes(session)

    taken = await client.post("/categories", json=category_data(slug=category["slug"]))
    wrong = await client.post("/products", json=product_data(price="-1"))
    missing = await client.patch("/products/999999", json={"name": "New"})

    after = await changes(session)
    assert [taken.status_code, wrong.status_code, missing.status_code] == [409, 422, 404]
    assert after == before


async def test_a_request_that_fails_after_its_change_leaves_no_message(
    monkeypatch: pytest.MonkeyPatch,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    def fail(_version: int) -> str:
        raise RuntimeError("after the change")

    monkeypatch.setattr("app.shop.products.routes.etag", fail)

    response = await client.post("/products", json=product_data())

    found = await changes(session)
    assert response.status_code == 500
    assert found == []
# {% endcall %}
