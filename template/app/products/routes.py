# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Products over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.models import Product
from app.pagination import Page
from app.preconditions import IfMatch, etag
from app.products.dependencies import Products
from app.products.schemas import (
    ProductCreate,
    ProductDetail,
    ProductQuery,
    ProductRead,
    ProductUpdate,
)
from app.schemas import Id

router = APIRouter(prefix="/products", tags=["products"])


@router.get("", response_model=Page[ProductRead])
async def list_products(
    service: Products,
    query: Annotated[ProductQuery, Query()],
) -> Page[Product]:
    """List products."""
    return await service.page(query)


@router.post("", response_model=ProductRead, status_code=status.HTTP_201_CREATED)
async def create_product(data: ProductCreate, service: Products, response: Response) -> Product:
    """Add a product."""
    product = await service.create(data)
    response.headers["Location"] = f"/products/{product.id}"
    return tagged(response, product)


@router.get("/slug/{slug}", response_model=ProductDetail)
async def read_product_by_slug(slug: str, service: Products, response: Response) -> Product:
    """Return the product with this slug."""
    product = await service.by_slug(slug)
    return tagged(response, product)


@router.get("/sku/{sku}", response_model=ProductDetail)
async def read_product_by_sku(sku: str, service: Products, response: Response) -> Product:
    """Return the product with this SKU."""
    product = await service.by_sku(sku)
    return tagged(response, product)


@router.get("/{product_id}", response_model=ProductDetail)
async def read_product(product_id: Id, service: Products, response: Response) -> Product:
    """Return one product with its category."""
    product = await service.get(product_id)
    return tagged(response, product)


@router.put("/{product_id}", response_model=ProductRead)
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


@router.patch("/{product_id}", response_model=ProductRead)
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


@router.delete("/{product_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_product(product_id: Id, service: Products, if_match: IfMatch = None) -> None:
    """Delete a product."""
    await service.delete(product_id, if_match)


def tagged(response: Response, product: Product) -> Product:
    """Tell the client which version of the product it sees."""
    response.headers["ETag"] = etag(product.version)
    return product
# {% endcall %}
