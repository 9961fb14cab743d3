# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of customers: several users at once, their statistics, their addresses."""

from collections.abc import Mapping, Sequence
from typing import Any

# {% if auth != "none" %}
from app.auth.sessions import revoke_if_deactivated
# {% endif %}
from app.dependencies import SessionDep
from app.models import Address, User
from app.models.base import utc_now
from app.pagination import Page, PageQuery
from app.shop.customers.repository import AddressRepository, CustomerRepository
from app.shop.customers.schemas import (
    AddressCreate,
    AddressUpdate,
    UserActivation,
    UserStatistics,
)
from app.users.repository import UserRepository
from app.users.schemas import UserCreate


class CustomerService:
    """Requests about several users change all of them or none."""

    def __init__(self, session: SessionDep) -> None:
        self.customers = CustomerRepository(session)
        self.users = UserRepository(session)

    async def get(self, user_id: int) -> User:
        """User with all addresses. Raises NotFound."""
        return await self.customers.detail(user_id)

    async def statistics(self) -> UserStatistics:
        """Numbers of users of each kind."""
        return await self.customers.statistics()

    async def create_many(self, data: Sequence[UserCreate]) -> Sequence[User]:
        """Add users, all of them or none."""
        created = [User(**item.columns()) for item in data]
        # In a fixed order: two requests with the same names must not wait for each other.
        in_order = sorted(created, key=lambda user: user.username)
        await self.users.add_all(in_order)
        return created

    async def activate(self, data: UserActivation) -> Sequence[User]:
        """Activate or deactivate users, all of them or none. Raises NotFound."""
        return await self._write_all(data.ids, {"is_active": data.is_active})

    async def delete_many(self, user_ids: Sequence[int]) -> None:
        """Mark users as deleted, all of them or none. Raises NotFound."""
        await self._write_all(user_ids, {"deleted_at": utc_now(), "is_active": False})

    async def _write_all(
        self,
        user_ids: Sequence[int],
        columns: Mapping[str, Any],
    ) -> Sequence[User]:
        locked = await self.users.all_locked(user_ids)
        # {% if auth != "none" %}
        await revoke_if_deactivated(self.users.session, user_ids, columns)
        # {% endif %}
        await self.users.change_all([(user, columns) for user in locked])
        return locked


class AddressService:
    """An address belongs to one user; it is not found below another user."""

    def __init__(self, session: SessionDep) -> None:
        self.addresses = AddressRepository(session)
        self.users = UserRepository(session)

    async def page(self, user_id: int, query: PageQuery) -> Page[Address]:
        """Page of the addresses of a user. Raises NotFound."""
        await self.users.get(user_id)
        return await self.addresses.page(user_id, query)

    async def get(self, user_id: int, address_id: int) -> Address:
        """Address of a user. Raises NotFound."""
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
        """Write the fields of the data. Raises NotFound."""
        address = await self.addresses.of_user_locked(user_id, address_id)
        return await self.addresses.change(address, data.columns())

    async def delete(self, user_id: int, address_id: int) -> None:
        """Delete an address. Raises NotFound."""
        address = await self.addresses.of_user_locked(user_id, address_id)
        await self.addresses.remove(address)
# {% endcall %}
# {% endcall %}
