# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""An Idempotency-Key belongs to the user who sends it."""

from httpx2 import AsyncClient, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import IdempotencyRecord, Order
from tests.factories import create_product
from tests.shop.orders.shopping import add_user, order_data
from tests.staff import key_of

KEY = {"Idempotency-Key": "a-key-that-two-users-chose"}


async def order(client: AsyncClient, user_id: int, product_id: int) -> Response:
    """Let a user buy a product under the key."""
    body = order_data(user_id, (product_id, 1))
    return await client.post("/orders", json=body, headers=KEY | key_of(user_id))


async def test_the_same_key_of_another_user_is_another_key(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    first_id, second_id = await add_user(session), await add_user(session)
    product = await create_product(client, stock_quantity=5)

    first = await order(client, first_id, product["id"])
    second = await order(client, second_id, product["id"])
    again = await order(client, first_id, product["id"])

    orders = await session.scalar(select(func.count()).select_from(Order))
    answers = await session.scalar(select(func.count()).select_from(IdempotencyRecord))
    assert [first.json()["user_id"], second.json()["user_id"]] == [first_id, second_id]
    assert "Idempotency-Replayed" not in second.headers
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert (orders, answers) == (2, 2)
# {% endcall %}
