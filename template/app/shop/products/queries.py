# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about products. Nothing here commits."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.database import rows
from app.database.pagination import paginate
from app.errors import NotFound
from app.models import Product
from app.pagination import Page
from app.shop.products.reports import (
    CategoryPrices,
    LowStockQuery,
    low_stock,
    prices_by_category,
    read_prices,
)
from app.shop.products.schemas import ProductQuery
from app.shop.products.statements import matching_products


def existing_products() -> Select[Product]:
    """Return the statement that every read starts from: products that are not deleted."""
    return select(Product).where(Product.deleted_at.is_(None))


async def find_products(session: AsyncSession, query: ProductQuery) -> Page[Product]:
    """Return one page of the products that match."""
    return await paginate(session, matching_products(existing_products(), query), query)


async def find_low_stock(session: AsyncSession, query: LowStockQuery) -> Page[Product]:
    """Return one page of the products that are nearly sold out."""
    return await paginate(session, low_stock(existing_products(), query), query)


async def product_prices(session: AsyncSession) -> list[CategoryPrices]:
    """Return what the products of each category cost."""
    found = await session.execute(prices_by_category())
    return read_prices(found)


async def product_detail(
    session: AsyncSession,
    condition: ColumnElement[bool],
    label: str,
) -> Product:
    """Return the only product that meets the condition, its category and its tags.

    Raises NotFound.
    """
    detail = (joinedload(Product.category), selectinload(Product.tags))
    product = await session.scalar(existing_products().where(condition).options(*detail))
    if product is None:
        raise NotFound(f"Product {label} does not exist.")
    return product


async def lock_product(session: AsyncSession, key: int) -> Product:
    """Return the product with this key, and let nobody else change it. Raises NotFound."""
    locked = await lock_products(session, [key])
    return locked[0]


async def lock_tagged_product(session: AsyncSession, key: int) -> Product:
    """Return the product with this key and its tags, and let nobody else change them."""
    with_tags = existing_products().options(selectinload(Product.tags))
    locked = await rows.lock_all(session, with_tags, Product, [key])
    return locked[0]


async def lock_products(session: AsyncSession, keys: Collection[int]) -> Sequence[Product]:
    """Return the products with these keys, and let nobody else change them. Raises NotFound."""
    return await rows.lock_all(session, existing_products(), Product, keys)
# {% endcall %}
