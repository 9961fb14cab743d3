# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of transfers, without HTTP."""

from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Transfer, User
from app.shop.transfers.repository import TransferRepository
from tests.factories import user_data


async def test_transfer_is_found_by_id(session: AsyncSession) -> None:
    transfers = TransferRepository(session)
    sender, receiver = User(**user_data()), User(**user_data())
    session.add_all([sender, receiver])
    await session.flush()
    transfer = Transfer(from_user_id=sender.id, to_user_id=receiver.id, amount=Decimal(1))
    session.add(transfer)
    await session.flush()

    found = await transfers.get(transfer.id)

    assert found is transfer


async def test_unknown_transfer_is_named(session: AsyncSession) -> None:
    transfers = TransferRepository(session)

    with pytest.raises(NotFound, match=r"^Transfer 7000 does not exist\.$"):
        await transfers.get(7000)
# {% endcall %}
# {% endcall %}
