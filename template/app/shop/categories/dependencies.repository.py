"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import SessionDep
from app.shop.categories.repository import CategoryRepository
from app.shop.categories.service import CategoryService


def get_category_service(session: SessionDep) -> CategoryService:
    """Put the service together."""
    return CategoryService(CategoryRepository(session))


Categories = Annotated[CategoryService, Depends(get_category_service)]
