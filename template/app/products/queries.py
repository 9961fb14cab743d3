# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about products. Nothing here commits."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.database.pagination import paginate
from app.errors import NotFound
from app.models import Product
from app.pagination import Page
from app.products.schemas import ProductQuery
from app.products.statements import matching_products


async def find_products(session: AsyncSession, query: ProductQuery) -> Page[Product]:
    """Return one page of the products that match."""
    return await paginate(session, matching_products(select(Product), query), query)


async def product_detail(
    session: AsyncSession,
    condition: ColumnElement[bool],
    label: str,
) -> Product:
    """Return the only product that meets the condition, with its category. Raises NotFound."""
    statement = select(Product).where(condition).options(joinedload(Product.category))
    product = await session.scalar(statement)
    if product is None:
        raise NotFound(f"Product {label} does not exist.")
    return product


async def lock_product(session: AsyncSession, key: int) -> Product:
    """Return the product with this key, and let nobody else change it. Raises NotFound."""
    product = await session.get(Product, key, with_for_update=True)
    if product is None:
        raise NotFound(f"Product {key} does not exist.")
    return product
# {% endcall %}
