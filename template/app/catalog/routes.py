# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The catalog over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.catalog.dependencies import Categories, Products
from app.catalog.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryRead,
    CategoryUpdate,
    ProductCreate,
    ProductDetail,
    ProductFilter,
    ProductQuery,
    ProductRead,
    ProductUpdate,
)
from app.dependencies import IfMatch
from app.models import Category, Product
from app.pagination import Page
from app.preconditions import etag
from app.schemas import Id

categories = APIRouter(prefix="/categories", tags=["categories"])
products = APIRouter(prefix="/products", tags=["products"])


@categories.get("", response_model=Page[CategoryRead])
async def list_categories(
    service: Categories,
    query: Annotated[CategoryQuery, Query()],
) -> Page[Category]:
    """List categories."""
    return await service.page(query)


@categories.post("", response_model=CategoryRead, status_code=status.HTTP_201_CREATED)
async def create_category(
    data: CategoryCreate,
    service: Categories,
    response: Response,
) -> Category:
    """Add a category."""
    category = await service.create(data)
    response.headers["Location"] = f"/categories/{category.id}"
    return category


@categories.get("/tree")
async def read_category_tree(service: Categories) -> list[CategoryNode]:
    """Return all categories, each inside its parent."""
    return await service.tree()


@categories.get("/slug/{slug}", response_model=CategoryRead)
async def read_category_by_slug(slug: str, service: Categories) -> Category:
    """Return the category with this slug."""
    return await service.by_slug(slug)


@categories.get("/{category_id}", response_model=CategoryRead)
async def read_category(category_id: Id, service: Categories) -> Category:
    """Return one category."""
    return await service.get(category_id)


@categories.put("/{category_id}", response_model=CategoryRead)
async def replace_category(
    category_id: Id,
    data: CategoryCreate,
    service: Categories,
) -> Category:
    """Replace all fields of a category."""
    return await service.change(category_id, data)


@categories.patch("/{category_id}", response_model=CategoryRead)
async def update_category(
    category_id: Id,
    data: CategoryUpdate,
    service: Categories,
) -> Category:
    """Change some fields of a category."""
    return await service.change(category_id, data)


@categories.delete("/{category_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_category(category_id: Id, service: Categories) -> None:
    """Delete a category that holds no products and no other category."""
    await service.delete(category_id)


@categories.get("/{category_id}/products", response_model=Page[ProductRead])
async def list_products_of_category(
    category_id: Id,
    service: Products,
    query: Annotated[ProductFilter, Query()],
) -> Page[Product]:
    """List the products of one category."""
    return await service.page_of_category(category_id, query)


@products.get("", response_model=Page[ProductRead])
async def list_products(
    service: Products,
    query: Annotated[ProductQuery, Query()],
) -> Page[Product]:
    """List products."""
    return await service.page(query)


@products.post("", response_model=ProductRead, status_code=status.HTTP_201_CREATED)
async def create_product(data: ProductCreate, service: Products, response: Response) -> Product:
    """Add a product."""
    product = await service.create(data)
    response.headers["Location"] = f"/products/{product.id}"
    return tagged(response, product)


@products.get("/slug/{slug}", response_model=ProductDetail)
async def read_product_by_slug(slug: str, service: Products, response: Response) -> Product:
    """Return the product with this slug."""
    product = await service.by_slug(slug)
    return tagged(response, product)


@products.get("/sku/{sku}", response_model=ProductDetail)
async def read_product_by_sku(sku: str, service: Products, response: Response) -> Product:
    """Return the product with this SKU."""
    product = await service.by_sku(sku)
    return tagged(response, product)


@products.get("/{product_id}", response_model=ProductDetail)
async def read_product(product_id: Id, service: Products, response: Response) -> Product:
    """Return one product with its category."""
    product = await service.get(product_id)
    return tagged(response, product)


@products.put("/{product_id}", response_model=ProductRead)
async def replace_product(
    product_id: Id,
    data: ProductCreate,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Product:
    """Replace all fields of a product."""
    product = await service.change(product_id, data, if_match)
    return tagged(response, product)


@products.patch("/{product_id}", response_model=ProductRead)
async def update_product(
    product_id: Id,
    data: ProductUpdate,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Product:
    """Change some fields of a product."""
    product = await service.change(product_id, data, if_match)
    return tagged(response, product)


@products.delete("/{product_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_product(product_id: Id, service: Products, if_match: IfMatch = None) -> None:
    """Delete a product."""
    await service.delete(product_id, if_match)


def tagged(response: Response, product: Product) -> Product:
    """Tell the client which version of the product it sees."""
    response.headers["ETag"] = etag(product.version)
    return product
# {% endcall %}
