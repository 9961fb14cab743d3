"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.addresses.service import AddressService


def get_address_service(session: SessionDep) -> AddressService:
    """Put the service together."""
    return AddressService(session)


Addresses = Annotated[AddressService, Depends(get_address_service)]
