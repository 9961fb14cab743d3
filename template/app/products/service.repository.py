# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with products, and the rules it keeps."""

from app.categories.repository import CategoryRepository
from app.models import Product
from app.pagination import Page
from app.preconditions import require_version
from app.products.repository import ProductRepository
from app.products.schemas import ProductCreate, ProductFilter, ProductQuery, ProductUpdate


class ProductService:
    """Products have a price and a stock that is never below zero."""

    def __init__(self, products: ProductRepository, categories: CategoryRepository) -> None:
        self.products = products
        self.categories = categories

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await self.products.page(query)

    async def page_of_category(self, category_id: int, query: ProductFilter) -> Page[Product]:
        """Return one page of the products in one category. Raises NotFound."""
        await self.categories.get(category_id)
        within = ProductQuery(**query.model_dump(), category_id=category_id)
        return await self.products.page(within)

    async def get(self, product_id: int) -> Product:
        """Return one product with its category. Raises NotFound."""
        return await self.products.detail(product_id)

    async def by_slug(self, slug: str) -> Product:
        """Return the product with this slug. Raises NotFound."""
        return await self.products.by_slug(slug)

    async def by_sku(self, sku: str) -> Product:
        """Return the product with this SKU. Raises NotFound."""
        return await self.products.by_sku(sku)

    async def create(self, data: ProductCreate) -> Product:
        """Add a product."""
        return await self.products.add(Product(**data.columns()))

    async def change(
        self,
        product_id: int,
        data: ProductCreate | ProductUpdate,
        if_match: str | None,
    ) -> Product:
        """Write what the data sets. Raises NotFound; PreconditionFailed for an old version."""
        product = await self.products.get_locked(product_id)
        require_version(product.version, if_match)
        return await self.products.change(product, data.columns())

    async def delete(self, product_id: int, if_match: str | None) -> None:
        """Delete a product. Raises NotFound; PreconditionFailed for an old version."""
        product = await self.products.get_locked(product_id)
        require_version(product.version, if_match)
        await self.products.remove(product)
# {% endcall %}
