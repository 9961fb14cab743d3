# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with products, and the rules it keeps."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.categories.queries import get_category
from app.database import rows
from app.models import Product
from app.pagination import Page
from app.preconditions import require_version
from app.products import queries
from app.products.schemas import ProductCreate, ProductFilter, ProductQuery, ProductUpdate


class ProductService:
    """Products have a price and a stock that is never below zero."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await queries.find_products(self.session, query)

    async def page_of_category(self, category_id: int, query: ProductFilter) -> Page[Product]:
        """Return one page of the products in one category. Raises NotFound."""
        await get_category(self.session, category_id)
        within = ProductQuery(**query.model_dump(), category_id=category_id)
        return await queries.find_products(self.session, within)

    async def get(self, product_id: int) -> Product:
        """Return one product with its category. Raises NotFound."""
        condition = Product.id == product_id
        return await queries.product_detail(self.session, condition, f"{product_id}")

    async def by_slug(self, slug: str) -> Product:
        """Return the product with this slug. Raises NotFound."""
        return await queries.product_detail(self.session, Product.slug == slug, slug)

    async def by_sku(self, sku: str) -> Product:
        """Return the product with this SKU. Raises NotFound."""
        return await queries.product_detail(self.session, Product.sku == sku.upper(), sku)

    async def create(self, data: ProductCreate) -> Product:
        """Add a product."""
        return await rows.add(self.session, Product(**data.columns()))

    async def change(
        self,
        product_id: int,
        data: ProductCreate | ProductUpdate,
        if_match: str | None,
    ) -> Product:
        """Write what the data sets. Raises NotFound; PreconditionFailed for an old version."""
        product = await queries.lock_product(self.session, product_id)
        require_version(product.version, if_match)
        return await rows.change(self.session, product, data.columns())

    async def delete(self, product_id: int, if_match: str | None) -> None:
        """Delete a product. Raises NotFound; PreconditionFailed for an old version."""
        product = await queries.lock_product(self.session, product_id)
        require_version(product.version, if_match)
        await rows.remove(self.session, product)
# {% endcall %}
