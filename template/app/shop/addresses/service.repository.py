# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with addresses, and the rules it keeps."""

from app.models import Address
from app.pagination import Page, PageQuery
from app.shop.addresses.repository import AddressRepository
from app.shop.addresses.schemas import AddressCreate, AddressUpdate
from app.users.repository import UserRepository


class AddressService:
    """An address belongs to one user; under any other user it is not found."""

    def __init__(self, addresses: AddressRepository, users: UserRepository) -> None:
        self.addresses = addresses
        self.users = users

    async def page(self, user_id: int, query: PageQuery) -> Page[Address]:
        """Return one page of the addresses of a user. Raises NotFound."""
        await self.users.get(user_id)
        return await self.addresses.page_of_user(user_id, query)

    async def get(self, user_id: int, address_id: int) -> Address:
        """Return one address. Raises NotFound."""
        return await self.addresses.of_user(user_id, address_id)

    async def create(self, user_id: int, data: AddressCreate) -> Address:
        """Add an address to a user. Raises NotFound."""
        await self.users.get(user_id)
        return await self.addresses.add(Address(user_id=user_id, **data.columns()))

    async def change(
        self,
        user_id: int,
        address_id: int,
        data: AddressCreate | AddressUpdate,
    ) -> Address:
        """Write what the data sets. Raises NotFound."""
        address = await self.addresses.of_user(user_id, address_id, lock=True)
        return await self.addresses.change(address, data.columns())

    async def delete(self, user_id: int, address_id: int) -> None:
        """Delete an address. Raises NotFound."""
        address = await self.addresses.of_user(user_id, address_id, lock=True)
        await self.addresses.remove(address)
# {% endcall %}
