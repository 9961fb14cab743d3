"""What the catalog's routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.catalog.repository import CategoryRepository, ProductRepository
from app.catalog.service import CategoryService, ProductService
from app.dependencies import SessionDep


def get_category_service(session: SessionDep) -> CategoryService:
    """Put the service for categories together."""
    return CategoryService(CategoryRepository(session))


def get_product_service(session: SessionDep) -> ProductService:
    """Put the service for products together."""
    return ProductService(ProductRepository(session), CategoryRepository(session))


Categories = Annotated[CategoryService, Depends(get_category_service)]
Products = Annotated[ProductService, Depends(get_product_service)]
