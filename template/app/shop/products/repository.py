# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about products. A deleted product is not found."""

from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from app.database.pagination import paginate
from app.database.repository import Repository
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

DETAIL = (joinedload(Product.category), selectinload(Product.tags))


class ProductRepository(Repository[Product]):
    """The products, alone or with their category and their tags."""

    model = Product

    def select(self) -> Select[Product]:
        """Return the statement that every read starts from: products that are not deleted."""
        return super().select().where(Product.deleted_at.is_(None))

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await paginate(self.session, matching_products(self.select(), query), query)

    async def low_stock(self, query: LowStockQuery) -> Page[Product]:
        """Return one page of the products that are nearly sold out."""
        return await paginate(self.session, low_stock(self.select(), query), query)

    async def prices(self) -> list[CategoryPrices]:
        """Return what the products of each category cost."""
        rows = await self.session.execute(prices_by_category())
        return read_prices(rows)

    async def detail(self, key: int) -> Product:
        """Return the product with this key, its category and its tags. Raises NotFound."""
        return await self.get(key, *DETAIL)

    async def by_slug(self, slug: str) -> Product:
        """Return the product with this slug, its category and its tags. Raises NotFound."""
        return await self.one(Product.slug == slug, slug, *DETAIL)

    async def by_sku(self, sku: str) -> Product:
        """Return the product with this SKU, its category and its tags. Raises NotFound."""
        return await self.one(Product.sku == sku.upper(), sku, *DETAIL)

    async def tagged_locked(self, key: int) -> Product:
        """Return the product with this key and its tags, and let nobody else change them."""
        return await self.get_locked(key, selectinload(Product.tags))
# {% endcall %}
