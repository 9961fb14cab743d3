"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.categories.repository import CategoryRepository
from app.shop.products.repository import ProductRepository
from app.shop.products.service import ProductService
from app.shop.tags.repository import TagRepository


def get_product_service(session: SessionDep) -> ProductService:
    """Put the service together."""
    return ProductService(
        ProductRepository(session),
        CategoryRepository(session),
        TagRepository(session),
    )


Products = Annotated[ProductService, Depends(get_product_service)]
