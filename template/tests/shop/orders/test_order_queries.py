# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of orders, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Product
from app.shop.orders.repository import OrderRepository
from tests.shop.factories import UNKNOWN_ID, product_data


async def test_products_are_locked_in_id_order(session: AsyncSession) -> None:
    orders = OrderRepository(session)
    products = [Product(**product_data()) for _ in range(3)]
    session.add_all(products)
    await session.flush()
    ids = [product.id for product in products]

    found = await orders.products_locked([*reversed(ids), UNKNOWN_ID])

    assert list(found) == sorted(ids)


async def test_unknown_order_is_named(session: AsyncSession) -> None:
    orders = OrderRepository(session)

    with pytest.raises(NotFound, match=rf"^Order {UNKNOWN_ID} does not exist\.$"):
        await orders.detail(UNKNOWN_ID)

    with pytest.raises(NotFound, match=rf"^Order {UNKNOWN_ID} does not exist\.$"):
        await orders.items_locked(UNKNOWN_ID)
# {% endcall %}
# {% endcall %}
