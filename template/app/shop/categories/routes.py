# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of categories. Paths with a word come before `/{id}`, which would match them too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.models import Category, Product
from app.pagination import Page
from app.schemas import Id
from app.shop.access import catalog_staff
from app.shop.categories.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryRead,
    CategoryUpdate,
)
from app.shop.categories.service import CategoryService
from app.shop.products.schemas import ProductFilter, ProductRead
from app.shop.products.service import ProductService

router = APIRouter(prefix="/categories", tags=["categories"])

Categories = Annotated[CategoryService, Depends()]
Products = Annotated[ProductService, Depends()]


@router.get("", response_model=Page[CategoryRead])
async def list_categories(
    service: Categories,
    query: Annotated[CategoryQuery, Query()],
) -> Page[Category]:
    """List categories."""
    return await service.page(query)


@router.post(
    "",
    response_model=CategoryRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[catalog_staff],
)
async def create_category(
    data: CategoryCreate,
    service: Categories,
    response: Response,
) -> Category:
    """Create a category."""
    category = await service.create(data)
    response.headers["Location"] = f"/categories/{category.id}"
    return category


@router.get("/tree")
async def read_category_tree(service: Categories) -> list[CategoryNode]:
    """Show all categories as a tree."""
    return await service.tree()


@router.get("/slug/{slug}", response_model=CategoryRead)
async def read_category_by_slug(slug: str, service: Categories) -> Category:
    """Show a category by its slug."""
    return await service.by_slug(slug)


@router.get("/{category_id}", response_model=CategoryRead)
async def read_category(category_id: Id, service: Categories) -> Category:
    """Show a category."""
    return await service.get(category_id)


@router.put("/{category_id}", response_model=CategoryRead, dependencies=[catalog_staff])
async def replace_category(category_id: Id, data: CategoryCreate, service: Categories) -> Category:
    """Replace all fields of a category."""
    return await service.change(category_id, data)


@router.patch("/{category_id}", response_model=CategoryRead, dependencies=[catalog_staff])
async def update_category(category_id: Id, data: CategoryUpdate, service: Categories) -> Category:
    """Change some fields of a category."""
    return await service.change(category_id, data)


@router.delete(
    "/{category_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[catalog_staff],
)
async def delete_category(category_id: Id, service: Categories) -> None:
    """Delete a category that holds no products and no subcategories."""
    await service.delete(category_id)


@router.get("/{category_id}/tree")
async def read_branch(category_id: Id, service: Categories) -> CategoryNode:
    """Show a category with its subcategories as a tree."""
    return await service.branch(category_id)


@router.get("/{category_id}/products", response_model=Page[ProductRead])
async def list_products_of_category(
    category_id: Id,
    service: Products,
    query: Annotated[ProductFilter, Query()],
) -> Page[Product]:
    """List the products of a category, on request with those of its subcategories."""
    return await service.page_of_category(category_id, query)
# {% endcall %}
# {% endcall %}
