# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Products over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.access import require
from app.auth.scopes import Scope
from app.models import Product
from app.pagination import Page
from app.preconditions import IfMatch, etag
from app.schemas import BulkIds, Id
from app.shop.products.bulk import NewProducts, ProductChanges
from app.shop.products.dependencies import Products
from app.shop.products.reports import CategoryPrices, LowStockQuery
from app.shop.products.schemas import (
    ProductCreate,
    ProductDetail,
    ProductQuery,
    ProductRead,
    ProductUpdate,
)

router = APIRouter(prefix="/products", tags=["products"])
# {% if auth != "none" %}
# Everybody may read the catalog; to change it takes a scope.
guarded_router = APIRouter(dependencies=[require(Scope.CATALOG)])
router.include_router(guarded_router)
# {% endif %}


@router.get("", response_model=Page[ProductRead])
async def list_products(
    service: Products,
    query: Annotated[ProductQuery, Query()],
) -> Page[Product]:
    """List products."""
    return await service.page(query)


@guarded_router.post("", response_model=ProductRead, status_code=status.HTTP_201_CREATED)
async def create_product(data: ProductCreate, service: Products, response: Response) -> Product:
    """Add a product."""
    product = await service.create(data)
    response.headers["Location"] = f"/products/{product.id}"
    return tagged(response, product)


@guarded_router.post("/bulk", response_model=list[ProductRead], status_code=status.HTTP_201_CREATED)
async def create_products(data: NewProducts, service: Products) -> Sequence[Product]:
    """Add many products, all of them or none."""
    return await service.create_many(data)


@guarded_router.patch("/bulk", response_model=list[ProductRead])
async def update_products(data: ProductChanges, service: Products) -> Sequence[Product]:
    """Change some fields of many products, of all or of none."""
    return await service.change_all(data)


@guarded_router.delete("/bulk", status_code=status.HTTP_204_NO_CONTENT)
async def delete_products(service: Products, query: Annotated[BulkIds, Query()]) -> None:
    """Delete many products, all of them or none."""
    await service.delete_all(query.id)


@router.get("/statistics")
async def read_product_statistics(service: Products) -> list[CategoryPrices]:
    """Sum up the prices of each category by name, and last those of products in none."""
    return await service.statistics()


@router.get("/low-stock", response_model=Page[ProductRead])
async def list_low_stock(
    service: Products,
    query: Annotated[LowStockQuery, Query()],
) -> Page[Product]:
    """List what is sold and nearly sold out, the lowest stock first."""
    return await service.low_stock(query)


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
    """Return one product with its category and its tags."""
    product = await service.get(product_id)
    return tagged(response, product)


@guarded_router.put("/{product_id}", response_model=ProductRead)
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


@guarded_router.patch("/{product_id}", response_model=ProductRead)
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


@guarded_router.delete("/{product_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_product(product_id: Id, service: Products, if_match: IfMatch = None) -> None:
    """Delete a product. Nobody finds it again, and its slug and its SKU stay taken."""
    await service.delete(product_id, if_match)


def tagged(response: Response, product: Product) -> Product:
    """Tell the client which version of the product it sees."""
    response.headers["ETag"] = etag(product.version)
    return product
# {% endcall %}
# {% endcall %}
