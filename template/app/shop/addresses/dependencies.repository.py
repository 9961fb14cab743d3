"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.addresses.repository import AddressRepository
from app.shop.addresses.service import AddressService
from app.users.repository import UserRepository


def get_address_service(session: SessionDep) -> AddressService:
    """Put the service together."""
    return AddressService(AddressRepository(session), UserRepository(session))


Addresses = Annotated[AddressService, Depends(get_address_service)]
