"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.categories.repository import CategoryRepository
from app.dependencies import SessionDep
from app.products.repository import ProductRepository
from app.products.service import ProductService
from app.tagging.repository import TagRepository


def get_product_service(session: SessionDep) -> ProductService:
    """Put the service together."""
    return ProductService(
        ProductRepository(session),
        CategoryRepository(session),
        TagRepository(session),
    )


Products = Annotated[ProductService, Depends(get_product_service)]
