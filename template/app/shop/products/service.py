# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of products: price, stock, versions, deletion."""

from collections.abc import Collection, Sequence
from typing import Any

from app.dependencies import SessionDep
from app.models import Product
from app.models.base import utc_now
from app.pagination import Page
from app.preconditions import require_version
from app.shop.categories.repository import CategoryRepository
from app.shop.product_tags.repository import TagRepository
from app.shop.products.repository import ProductRepository
from app.shop.products.schemas import (
    CategoryPrices,
    LowStockQuery,
    ProductChange,
    ProductCreate,
    ProductFilter,
    ProductQuery,
    ProductUpdate,
)


class ProductService:
    """Products have a price and a stock that is never below zero. Deleted ones are hidden."""

    def __init__(self, session: SessionDep) -> None:
        self.products = ProductRepository(session)
        self.categories = CategoryRepository(session)
        self.tags = TagRepository(session)

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Page of the products that match."""
        return await self.products.page(query)

    async def page_of_category(self, category_id: int, query: ProductFilter) -> Page[Product]:
        """Page of the products in one category. Raises NotFound."""
        await self.categories.get(category_id)
        within = ProductQuery(**query.model_dump(), category_id=category_id)
        return await self.products.page(within)

    async def low_stock(self, query: LowStockQuery) -> Page[Product]:
        """Page of the products that are nearly sold out."""
        return await self.products.low_stock(query)

    async def statistics(self) -> list[CategoryPrices]:
        """Prices of the products in each category."""
        return await self.products.prices()

    async def get(self, product_id: int) -> Product:
        """Product with its category and its tags. Raises NotFound."""
        return await self.products.detail(product_id)

    async def by_slug(self, slug: str) -> Product:
        """Product with this slug. Raises NotFound."""
        return await self.products.by_slug(slug)

    async def by_sku(self, sku: str) -> Product:
        """Product with this SKU. Raises NotFound."""
        return await self.products.by_sku(sku)

    async def create(self, data: ProductCreate) -> Product:
        """Add a product."""
        return await self.products.add(Product(**data.columns()))

    async def create_many(self, data: Sequence[ProductCreate]) -> Sequence[Product]:
        """Add products, all of them or none."""
        created = [Product(**item.columns()) for item in data]
        # In a fixed order: two requests with the same slugs must not wait for each other.
        in_order = sorted(created, key=lambda product: product.slug)
        await self.products.add_all(in_order)
        return created

    async def change(
        self,
        product_id: int,
        data: ProductCreate | ProductUpdate,
        if_match: str | None,
    ) -> Product:
        """Write the fields of the data. Raises NotFound, PreconditionFailed."""
        product = await self.products.get_locked(product_id)
        require_version(product.version, if_match)
        return await self.products.change(product, data.columns())

    async def change_all(self, data: Sequence[ProductChange]) -> Sequence[Product]:
        """Write the fields of each change, all of them or none. Raises NotFound."""
        locked = await self.products.all_locked([change.id for change in data])
        by_id = {product.id: product for product in locked}
        changes = [(by_id[change.id], change.columns()) for change in data]
        await self.products.change_all(changes)
        return [product for product, _columns in changes]

    async def set_tags(
        self,
        product_id: int,
        tag_ids: Collection[int],
        if_match: str | None,
    ) -> Product:
        """Replace the tags of a product. Raises NotFound, PreconditionFailed."""
        product = await self.products.tagged_locked(product_id)
        require_version(product.version, if_match)
        locked = await self.tags.all_locked(tag_ids)
        by_name = sorted(locked, key=lambda tag: tag.name)
        # A new time makes a new version: clients that know the old tags are refused.
        columns = {"tags": by_name, "updated_at": utc_now()}
        return await self.products.change(product, columns)

    async def delete(self, product_id: int, if_match: str | None) -> None:
        """Delete a product. Raises NotFound, PreconditionFailed."""
        product = await self.products.get_locked(product_id)
        require_version(product.version, if_match)
        await self.products.change(product, deletion())

    async def delete_all(self, product_ids: Collection[int]) -> None:
        """Delete products, all of them or none. Raises NotFound."""
        locked = await self.products.all_locked(product_ids)
        columns = deletion()
        await self.products.change_all([(product, columns) for product in locked])


def deletion() -> dict[str, Any]:
    """Columns that mark a product as deleted.

    It leaves its category too: a category that holds nothing else can then be deleted.
    """
    return {"deleted_at": utc_now(), "category_id": None}
# {% endcall %}
# {% endcall %}
