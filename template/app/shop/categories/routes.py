# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Categories over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.access import require
from app.auth.scopes import Scope
from app.models import Category, Product
from app.pagination import Page
from app.schemas import Id
from app.shop.categories.dependencies import Categories
from app.shop.categories.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryRead,
    CategoryUpdate,
)
from app.shop.products.dependencies import Products
from app.shop.products.schemas import ProductFilter, ProductRead

router = APIRouter(prefix="/categories", tags=["categories"])
# {% if auth != "none" %}
# Everybody may read the catalog; to change it takes a scope.
guarded_router = APIRouter(dependencies=[require(Scope.CATALOG)])
router.include_router(guarded_router)
# {% endif %}


@router.get("", response_model=Page[CategoryRead])
async def list_categories(
    service: Categories,
    query: Annotated[CategoryQuery, Query()],
) -> Page[Category]:
    """List categories."""
    return await service.page(query)


@guarded_router.post("", response_model=CategoryRead, status_code=status.HTTP_201_CREATED)
async def create_category(
    data: CategoryCreate,
    service: Categories,
    response: Response,
) -> Category:
    """Add a category."""
    category = await service.create(data)
    response.headers["Location"] = f"/categories/{category.id}"
    return category


@router.get("/tree")
async def read_category_tree(service: Categories) -> list[CategoryNode]:
    """Return all categories, each inside its parent."""
    return await service.tree()


@router.get("/slug/{slug}", response_model=CategoryRead)
async def read_category_by_slug(slug: str, service: Categories) -> Category:
    """Return the category with this slug."""
    return await service.by_slug(slug)


@router.get("/{category_id}", response_model=CategoryRead)
async def read_category(category_id: Id, service: Categories) -> Category:
    """Return one category."""
    return await service.get(category_id)


@guarded_router.put("/{category_id}", response_model=CategoryRead)
async def replace_category(
    category_id: Id,
    data: CategoryCreate,
    service: Categories,
) -> Category:
    """Replace all fields of a category."""
    return await service.change(category_id, data)


@guarded_router.patch("/{category_id}", response_model=CategoryRead)
async def update_category(
    category_id: Id,
    data: CategoryUpdate,
    service: Categories,
) -> Category:
    """Change some fields of a category."""
    return await service.change(category_id, data)


@guarded_router.delete("/{category_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_category(category_id: Id, service: Categories) -> None:
    """Delete a category that holds no products and no other category."""
    await service.delete(category_id)


@router.get("/{category_id}/tree")
async def read_branch(category_id: Id, service: Categories) -> CategoryNode:
    """Return one category with all that is below it."""
    return await service.branch(category_id)


@router.get("/{category_id}/products", response_model=Page[ProductRead])
async def list_products_of_category(
    category_id: Id,
    service: Products,
    query: Annotated[ProductFilter, Query()],
) -> Page[Product]:
    """List the products of one category, or of those below it too."""
    return await service.page_of_category(category_id, query)
# {% endcall %}
# {% endcall %}
