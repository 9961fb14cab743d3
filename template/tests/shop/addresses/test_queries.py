# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about addresses, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Address, User
from app.models.base import utc_now
from app.pagination import PageQuery
from app.shop.addresses import queries
from tests.factories import address_data, user_data


async def store(session: AsyncSession, *, deleted: bool = False) -> Address:
    """Store an address and its user, and forget that they were ever loaded."""
    user = User(**user_data(), deleted_at=utc_now() if deleted else None)
    address = Address(**address_data(), user=user)
    session.add(address)
    await session.flush()
    session.expunge_all()
    return address


async def test_a_page_holds_the_addresses_of_one_user(session: AsyncSession) -> None:
    address = await store(session)
    await store(session)

    page = await queries.find_addresses(session, address.user_id, PageQuery())

    assert [found.id for found in page.items] == [address.id]


@pytest.mark.parametrize("lock", [False, True])
async def test_an_address_is_found_by_its_key(session: AsyncSession, *, lock: bool) -> None:
    address = await store(session)

    found = await queries.get_address(session, address.user_id, address.id, lock=lock)

    assert found.street == address.street


@pytest.mark.parametrize("lock", [False, True])
async def test_the_address_of_another_user_is_not_found(
    session: AsyncSession,
    *,
    lock: bool,
) -> None:
    address = await store(session)
    other = await store(session)

    with pytest.raises(NotFound, match=rf"^Address {address.id} does not exist\.$"):
        await queries.get_address(session, other.user_id, address.id, lock=lock)


async def test_the_address_of_a_deleted_user_is_not_found(session: AsyncSession) -> None:
    address = await store(session, deleted=True)

    with pytest.raises(NotFound):
        await queries.get_address(session, address.user_id, address.id)
# {% endcall %}
