# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about transfers, without HTTP."""

from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Transfer, User
from app.shop.transfers import queries
from tests.factories import user_data


async def test_a_transfer_is_found_by_its_key(session: AsyncSession) -> None:
    sender, receiver = User(**user_data()), User(**user_data())
    session.add_all([sender, receiver])
    await session.flush()
    transfer = Transfer(from_user_id=sender.id, to_user_id=receiver.id, amount=Decimal(1))
    session.add(transfer)
    await session.flush()

    found = await queries.get_transfer(session, transfer.id)

    assert found is transfer


async def test_an_unknown_transfer_is_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Transfer 7000 does not exist\.$"):
        await queries.get_transfer(session, 7000)
# {% endcall %}
