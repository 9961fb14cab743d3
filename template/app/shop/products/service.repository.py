# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with products, and the rules it keeps."""

from collections.abc import Collection, Sequence

from app.models import Product
from app.models.base import utc_now
from app.pagination import Page
from app.preconditions import require_version
from app.shop.categories.repository import CategoryRepository
from app.shop.products.bulk import ProductChange
from app.shop.products.deletion import deletion
from app.shop.products.reports import CategoryPrices, LowStockQuery
from app.shop.products.repository import ProductRepository
from app.shop.products.schemas import ProductCreate, ProductFilter, ProductQuery, ProductUpdate
from app.shop.tags.repository import TagRepository


class ProductService:
    """Products have a price and a stock that is never below zero. Deleted ones stay, unseen."""

    def __init__(
        self,
        products: ProductRepository,
        categories: CategoryRepository,
        tags: TagRepository,
    ) -> None:
        self.products = products
        self.categories = categories
        self.tags = tags

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await self.products.page(query)

    async def page_of_category(self, category_id: int, query: ProductFilter) -> Page[Product]:
        """Return one page of the products in one category. Raises NotFound."""
        await self.categories.get(category_id)
        within = ProductQuery(**query.model_dump(), category_id=category_id)
        return await self.products.page(within)

    async def low_stock(self, query: LowStockQuery) -> Page[Product]:
        """Return one page of the products that are nearly sold out."""
        return await self.products.low_stock(query)

    async def statistics(self) -> list[CategoryPrices]:
        """Return what the products of each category cost."""
        return await self.products.prices()

    async def get(self, product_id: int) -> Product:
        """Return one product with its category and its tags. Raises NotFound."""
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

    async def create_many(self, data: Sequence[ProductCreate]) -> Sequence[Product]:
        """Add products, all of them or none."""
        products = [Product(**item.columns()) for item in data]
        # In an order of our own: two requests with the same slugs must not wait for each other.
        in_order = sorted(products, key=lambda product: product.slug)
        await self.products.add_all(in_order)
        return products

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

    async def change_all(self, data: Sequence[ProductChange]) -> Sequence[Product]:
        """Write what each change sets, all of them or none. Raises NotFound."""
        locked = await self.products.all_locked([change.id for change in data])
        products = {product.id: product for product in locked}
        changes = [(products[change.id], change.columns()) for change in data]
        await self.products.change_all(changes)
        return [product for product, _columns in changes]

    async def tag(
        self,
        product_id: int,
        tag_ids: Collection[int],
        if_match: str | None,
    ) -> Product:
        """Give a product only these tags. Raises NotFound; PreconditionFailed if it is newer."""
        product = await self.products.tagged_locked(product_id)
        require_version(product.version, if_match)
        tags = await self.tags.all_locked(tag_ids)
        by_name = sorted(tags, key=lambda tag: tag.name)
        # With the time, the version changes too: who has seen other tags is told so.
        return await self.products.change(product, {"tags": by_name, "updated_at": utc_now()})

    async def delete(self, product_id: int, if_match: str | None) -> None:
        """Delete a product. Raises NotFound; PreconditionFailed for an old version."""
        product = await self.products.get_locked(product_id)
        require_version(product.version, if_match)
        await self.products.change(product, deletion())

    async def delete_all(self, product_ids: Collection[int]) -> None:
        """Delete products, all of them or none. Raises NotFound."""
        products = await self.products.all_locked(product_ids)
        columns = deletion()
        await self.products.change_all([(product, columns) for product in products])
# {% endcall %}
