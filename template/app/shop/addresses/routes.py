# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Addresses over HTTP, each below the user it belongs to."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.buyers import same_user_or_staff
from app.models import Address
from app.pagination import Page, PageQuery
from app.schemas import Id
from app.shop.addresses.dependencies import Addresses
from app.shop.addresses.schemas import AddressCreate, AddressRead, AddressUpdate

# {% if auth == "none" %}
router = APIRouter(prefix="/users/{user_id}/addresses", tags=["users"])
# {% else %}
router = APIRouter(
    prefix="/users/{user_id}/addresses",
    tags=["users"],
    dependencies=[same_user_or_staff],
)
# {% endif %}


@router.get("", response_model=Page[AddressRead])
async def list_addresses(
    user_id: Id,
    service: Addresses,
    query: Annotated[PageQuery, Query()],
) -> Page[Address]:
    """List the addresses of a user, the oldest first."""
    return await service.page(user_id, query)


@router.post("", response_model=AddressRead, status_code=status.HTTP_201_CREATED)
async def create_address(
    user_id: Id,
    data: AddressCreate,
    service: Addresses,
    response: Response,
) -> Address:
    """Add an address to a user."""
    address = await service.create(user_id, data)
    response.headers["Location"] = f"/users/{user_id}/addresses/{address.id}"
    return address


@router.get("/{address_id}", response_model=AddressRead)
async def read_address(user_id: Id, address_id: Id, service: Addresses) -> Address:
    """Return one address of a user."""
    return await service.get(user_id, address_id)


@router.put("/{address_id}", response_model=AddressRead)
async def replace_address(
    user_id: Id,
    address_id: Id,
    data: AddressCreate,
    service: Addresses,
) -> Address:
    """Replace all fields of an address."""
    return await service.change(user_id, address_id, data)


@router.patch("/{address_id}", response_model=AddressRead)
async def update_address(
    user_id: Id,
    address_id: Id,
    data: AddressUpdate,
    service: Addresses,
) -> Address:
    """Change some fields of an address."""
    return await service.change(user_id, address_id, data)


@router.delete("/{address_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_address(user_id: Id, address_id: Id, service: Addresses) -> None:
    """Delete an address."""
    await service.delete(user_id, address_id)
# {% endcall %}
# {% endcall %}
