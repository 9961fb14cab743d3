# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of customers. Paths with a word come before `/{id}`, which would match them too."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.auth.dependencies import require_scopes
from app.auth.scopes import Scope
from app.models import Address, User
from app.pagination import Page, PageQuery
from app.schemas import BulkIds, Id
from app.shop.access import same_user_or_staff
from app.shop.customers.schemas import (
    AddressCreate,
    AddressRead,
    AddressUpdate,
    NewUsers,
    UserActivation,
    UserDetail,
    UserStatistics,
)
from app.shop.customers.service import AddressService, CustomerService
from app.users.schemas import UserCreate, UserRead
from app.users.service import UserService

router = APIRouter(prefix="/users", tags=["users"], dependencies=[require_scopes(Scope.USERS)])
addresses_router = APIRouter(
    prefix="/users/{user_id}/addresses",
    tags=["users"],
    dependencies=[same_user_or_staff],
)

Addresses = Annotated[AddressService, Depends()]
Customers = Annotated[CustomerService, Depends()]
Users = Annotated[UserService, Depends()]


@router.post("/bulk", response_model=list[UserRead], status_code=status.HTTP_201_CREATED)
async def create_users(data: NewUsers, service: Customers) -> Sequence[User]:
    """Create several users, all of them or none."""
    return await service.create_many(data)


@router.patch("/bulk", response_model=list[UserRead])
async def activate_users(data: UserActivation, service: Customers) -> Sequence[User]:
    """Activate or deactivate several users, all of them or none."""
    return await service.activate(data)


@router.delete("/bulk", status_code=status.HTTP_204_NO_CONTENT)
async def delete_users(service: Customers, query: Annotated[BulkIds, Query()]) -> None:
    """Delete several users, all of them or none."""
    await service.delete_many(query.id)


@router.get("/statistics")
async def read_user_statistics(service: Customers) -> UserStatistics:
    """Count the users of each kind."""
    return await service.statistics()


@router.get("/{user_id}", response_model=UserDetail)
async def read_user(user_id: Id, service: Customers) -> User:
    """Show a user with all addresses."""
    return await service.get(user_id)


@router.put("/{user_id}", response_model=UserRead)
async def replace_user(user_id: Id, data: UserCreate, service: Users) -> User:
    """Replace all fields of a user."""
    return await service.change(user_id, data)


@addresses_router.get("", response_model=Page[AddressRead])
async def list_addresses(
    user_id: Id,
    service: Addresses,
    query: Annotated[PageQuery, Query()],
) -> Page[Address]:
    """List the addresses of a user, the oldest first."""
    return await service.page(user_id, query)


@addresses_router.post("", response_model=AddressRead, status_code=status.HTTP_201_CREATED)
async def create_address(
    user_id: Id,
    data: AddressCreate,
    service: Addresses,
    response: Response,
) -> Address:
    """Create an address of a user."""
    address = await service.create(user_id, data)
    response.headers["Location"] = f"/users/{user_id}/addresses/{address.id}"
    return address


@addresses_router.get("/{address_id}", response_model=AddressRead)
async def read_address(user_id: Id, address_id: Id, service: Addresses) -> Address:
    """Show an address of a user."""
    return await service.get(user_id, address_id)


@addresses_router.put("/{address_id}", response_model=AddressRead)
async def replace_address(
    user_id: Id,
    address_id: Id,
    data: AddressCreate,
    service: Addresses,
) -> Address:
    """Replace all fields of an address."""
    return await service.change(user_id, address_id, data)


@addresses_router.patch("/{address_id}", response_model=AddressRead)
async def update_address(
    user_id: Id,
    address_id: Id,
    data: AddressUpdate,
    service: Addresses,
) -> Address:
    """Change some fields of an address."""
    return await service.change(user_id, address_id, data)


@addresses_router.delete("/{address_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_address(user_id: Id, address_id: Id, service: Addresses) -> None:
    """Delete an address."""
    await service.delete(user_id, address_id)
# {% endcall %}
# {% endcall %}
