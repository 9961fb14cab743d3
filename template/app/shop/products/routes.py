# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of products. Paths with a word come before `/{id}`, which would match them too."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.models import Product, Tag
from app.pagination import Page
from app.preconditions import IfMatch, etag
from app.schemas import BulkIds, Id
from app.shop.access import catalog_staff
from app.shop.product_tags.schemas import TagRead
from app.shop.products.schemas import (
    CategoryPrices,
    LowStockQuery,
    NewProducts,
    ProductChanges,
    ProductCreate,
    ProductDetail,
    ProductQuery,
    ProductRead,
    ProductTags,
    ProductUpdate,
)
from app.shop.products.service import ProductService

router = APIRouter(prefix="/products", tags=["products"])

Products = Annotated[ProductService, Depends()]


@router.get("", response_model=Page[ProductRead])
async def list_products(
    service: Products,
    query: Annotated[ProductQuery, Query()],
) -> Page[Product]:
    """List products."""
    return await service.page(query)


@router.post(
    "",
    response_model=ProductRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[catalog_staff],
)
async def create_product(data: ProductCreate, service: Products, response: Response) -> Product:
    """Create a product."""
    product = await service.create(data)
    response.headers["Location"] = f"/products/{product.id}"
    return tagged(response, product)


@router.post(
    "/bulk",
    response_model=list[ProductRead],
    status_code=status.HTTP_201_CREATED,
    dependencies=[catalog_staff],
)
async def create_products(data: NewProducts, service: Products) -> Sequence[Product]:
    """Create several products, all of them or none."""
    return await service.create_many(data)


@router.patch("/bulk", response_model=list[ProductRead], dependencies=[catalog_staff])
async def update_products(data: ProductChanges, service: Products) -> Sequence[Product]:
    """Change some fields of several products, of all or of none."""
    return await service.change_all(data)


@router.delete("/bulk", status_code=status.HTTP_204_NO_CONTENT, dependencies=[catalog_staff])
async def delete_products(service: Products, query: Annotated[BulkIds, Query()]) -> None:
    """Delete several products, all of them or none."""
    await service.delete_all(query.id)


@router.get("/statistics")
async def read_product_statistics(service: Products) -> list[CategoryPrices]:
    """Show the prices of each category, and last those of products without a category."""
    return await service.statistics()


@router.get("/low-stock", response_model=Page[ProductRead])
async def list_low_stock(
    service: Products,
    query: Annotated[LowStockQuery, Query()],
) -> Page[Product]:
    """List products on sale that are nearly sold out, the lowest stock first."""
    return await service.low_stock(query)


@router.get("/slug/{slug}", response_model=ProductDetail)
async def read_product_by_slug(slug: str, service: Products, response: Response) -> Product:
    """Show a product by its slug."""
    return tagged(response, await service.by_slug(slug))


@router.get("/sku/{sku}", response_model=ProductDetail)
async def read_product_by_sku(sku: str, service: Products, response: Response) -> Product:
    """Show a product by its SKU."""
    return tagged(response, await service.by_sku(sku))


@router.get("/{product_id}", response_model=ProductDetail)
async def read_product(product_id: Id, service: Products, response: Response) -> Product:
    """Show a product with its category and its tags."""
    return tagged(response, await service.get(product_id))


@router.put("/{product_id}", response_model=ProductRead, dependencies=[catalog_staff])
async def replace_product(
    product_id: Id,
    data: ProductCreate,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Product:
    """Replace all fields of a product."""
    return tagged(response, await service.change(product_id, data, if_match))


@router.patch("/{product_id}", response_model=ProductRead, dependencies=[catalog_staff])
async def update_product(
    product_id: Id,
    data: ProductUpdate,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Product:
    """Change some fields of a product."""
    return tagged(response, await service.change(product_id, data, if_match))


@router.delete(
    "/{product_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[catalog_staff],
)
async def delete_product(product_id: Id, service: Products, if_match: IfMatch = None) -> None:
    """Delete a product. It is hidden from then on; its slug and its SKU stay taken."""
    await service.delete(product_id, if_match)


@router.get("/{product_id}/tags", response_model=list[TagRead])
async def list_tags_of_product(product_id: Id, service: Products) -> Sequence[Tag]:
    """List the tags of a product by name."""
    product = await service.get(product_id)
    return product.tags


@router.put("/{product_id}/tags", response_model=list[TagRead], dependencies=[catalog_staff])
async def replace_tags_of_product(
    product_id: Id,
    data: ProductTags,
    service: Products,
    response: Response,
    if_match: IfMatch = None,
) -> Sequence[Tag]:
    """Replace the tags of a product."""
    product = await service.set_tags(product_id, data.tag_ids, if_match)
    return tagged(response, product).tags


def tagged(response: Response, product: Product) -> Product:
    """Send the version of the product as an ETag."""
    response.headers["ETag"] = etag(product.version)
    return product
# {% endcall %}
# {% endcall %}
