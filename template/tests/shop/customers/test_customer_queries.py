# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of customers, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Address, User
from app.models.base import utc_now
from app.shop.customers.repository import CustomerRepository
from tests.factories import user_data
from tests.shop.factories import address_data


async def store(session: AsyncSession, *, deleted: bool = False) -> User:
    """Store a user with an address, detached from the session."""
    user = User(**user_data(), deleted_at=utc_now() if deleted else None)
    user.addresses = [Address(**address_data())]
    session.add(user)
    await session.flush()
    session.expunge_all()
    return user


async def test_users_are_counted_by_state(session: AsyncSession) -> None:
    customers = CustomerRepository(session)
    before = await customers.statistics()
    await store(session)
    await store(session, deleted=True)

    after = await customers.statistics()

    assert after.total == before.total + 1
    assert after.deleted == before.deleted + 1


async def test_detail_includes_the_addresses_of_the_user(session: AsyncSession) -> None:
    customers = CustomerRepository(session)
    await store(session)
    user = await store(session)

    found = await customers.detail(user.id)

    assert found.id == user.id
    assert [address.id for address in found.addresses] == [user.addresses[0].id]


async def test_detail_of_an_unknown_user_is_named(session: AsyncSession) -> None:
    customers = CustomerRepository(session)

    with pytest.raises(NotFound, match=r"^User 7000 does not exist\.$"):
        await customers.detail(7000)
# {% endcall %}
# {% endcall %}
