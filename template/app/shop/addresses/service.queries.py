# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with addresses, and the rules it keeps."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database import rows
from app.models import Address
from app.pagination import Page, PageQuery
from app.shop.addresses import queries
from app.shop.addresses.schemas import AddressCreate, AddressUpdate
from app.users.queries import get_user


class AddressService:
    """An address belongs to one user; under any other user it is not found."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def page(self, user_id: int, query: PageQuery) -> Page[Address]:
        """Return one page of the addresses of a user. Raises NotFound."""
        await get_user(self.session, user_id)
        return await queries.find_addresses(self.session, user_id, query)

    async def get(self, user_id: int, address_id: int) -> Address:
        """Return one address. Raises NotFound."""
        return await queries.get_address(self.session, user_id, address_id)

    async def create(self, user_id: int, data: AddressCreate) -> Address:
        """Add an address to a user. Raises NotFound."""
        await get_user(self.session, user_id)
        return await rows.add(self.session, Address(user_id=user_id, **data.columns()))

    async def change(
        self,
        user_id: int,
        address_id: int,
        data: AddressCreate | AddressUpdate,
    ) -> Address:
        """Write what the data sets. Raises NotFound."""
        address = await queries.get_address(self.session, user_id, address_id, lock=True)
        return await rows.change(self.session, address, data.columns())

    async def delete(self, user_id: int, address_id: int) -> None:
        """Delete an address. Raises NotFound."""
        address = await queries.get_address(self.session, user_id, address_id, lock=True)
        await rows.remove(self.session, address)
# {% endcall %}
