"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.products.service import ProductService


def get_product_service(session: SessionDep) -> ProductService:
    """Put the service together."""
    return ProductService(session)


Products = Annotated[ProductService, Depends(get_product_service)]
