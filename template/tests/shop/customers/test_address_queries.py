# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of addresses, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Address, User
from app.models.base import utc_now
from app.pagination import PageQuery
from app.shop.customers.repository import AddressRepository
from tests.factories import user_data
from tests.shop.factories import address_data


async def store(session: AsyncSession, *, deleted: bool = False) -> Address:
    """Store an address with its user, detached from the session."""
    user = User(**user_data(), deleted_at=utc_now() if deleted else None)
    address = Address(**address_data(), user=user)
    session.add(address)
    await session.flush()
    session.expunge_all()
    return address


async def test_page_contains_the_addresses_of_one_user(session: AsyncSession) -> None:
    addresses = AddressRepository(session)
    address = await store(session)
    await store(session)

    page = await addresses.page(address.user_id, PageQuery())

    assert [found.id for found in page.items] == [address.id]


async def test_address_is_found_by_id(session: AsyncSession) -> None:
    addresses = AddressRepository(session)
    address = await store(session)

    found = await addresses.of_user(address.user_id, address.id)
    locked = await addresses.of_user_locked(address.user_id, address.id)

    assert found.street == locked.street == address.street


async def test_address_of_another_user_is_not_found(session: AsyncSession) -> None:
    addresses = AddressRepository(session)
    address = await store(session)
    other = await store(session)

    with pytest.raises(NotFound, match=rf"^Address {address.id} does not exist\.$"):
        await addresses.of_user(other.user_id, address.id)

    with pytest.raises(NotFound, match=rf"^Address {address.id} does not exist\.$"):
        await addresses.of_user_locked(other.user_id, address.id)


async def test_address_of_a_deleted_user_is_not_found(session: AsyncSession) -> None:
    addresses = AddressRepository(session)
    address = await store(session, deleted=True)

    with pytest.raises(NotFound):
        await addresses.of_user(address.user_id, address.id)
# {% endcall %}
# {% endcall %}
