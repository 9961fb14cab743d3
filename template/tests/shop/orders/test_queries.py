# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about orders, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Product
from app.shop.orders import queries
from tests.factories import product_data
from tests.shop.orders.shopping import UNKNOWN, add_user


async def test_products_are_locked_in_the_order_of_their_keys(session: AsyncSession) -> None:
    products = [Product(**product_data()) for _ in range(3)]
    session.add_all(products)
    await session.flush()
    keys = [product.id for product in products]

    found = await queries.lock_products(session, [*reversed(keys), UNKNOWN])

    assert list(found) == sorted(keys)


@pytest.mark.parametrize("lock", [False, True])
async def test_a_user_is_found_by_the_key(session: AsyncSession, *, lock: bool) -> None:
    key = await add_user(session)

    user = await queries.get_user(session, key, lock=lock)

    assert user.id == key


async def test_unknown_keys_are_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=rf"^User {UNKNOWN} does not exist\.$"):
        await queries.get_user(session, UNKNOWN)

    with pytest.raises(NotFound, match=rf"^Order {UNKNOWN} does not exist\.$"):
        await queries.order_detail(session, UNKNOWN)

    with pytest.raises(NotFound, match=rf"^Order {UNKNOWN} does not exist\.$"):
        await queries.lock_order(session, UNKNOWN)
# {% endcall %}
