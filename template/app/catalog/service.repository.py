# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with its catalog, and the rules it keeps."""

from app.catalog.repository import CategoryRepository, ProductRepository
from app.catalog.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryUpdate,
    ProductCreate,
    ProductFilter,
    ProductQuery,
    ProductUpdate,
)
from app.catalog.tree import build_tree, is_inside
from app.errors import Conflict
from app.models import Category, Product
from app.pagination import Page
from app.preconditions import require_version


class CategoryService:
    """Categories form a tree, and no category stands inside itself."""

    def __init__(self, categories: CategoryRepository) -> None:
        self.categories = categories

    async def page(self, query: CategoryQuery) -> Page[Category]:
        """Return one page of the categories that match."""
        return await self.categories.page(query)

    async def tree(self) -> list[CategoryNode]:
        """Return all categories, each inside its parent."""
        categories = await self.categories.all()
        return build_tree(categories)

    async def get(self, category_id: int) -> Category:
        """Return one category. Raises NotFound."""
        return await self.categories.get(category_id)

    async def by_slug(self, slug: str) -> Category:
        """Return the category with this slug. Raises NotFound."""
        return await self.categories.by_slug(slug)

    async def create(self, data: CategoryCreate) -> Category:
        """Add a category."""
        return await self.categories.add(Category(**data.columns()))

    async def change(self, category_id: int, data: CategoryCreate | CategoryUpdate) -> Category:
        """Write what the data sets. Raises NotFound; Conflict for a parent inside itself."""
        if data.parent_id is not None:
            parents = await self.categories.parents_locked()
            if is_inside(data.parent_id, category_id, parents):
                raise Conflict("A category cannot stand inside itself.")
        category = await self.categories.get_locked(category_id)
        return await self.categories.change(category, data.columns())

    async def delete(self, category_id: int) -> None:
        """Delete a category that holds nothing. Raises NotFound."""
        category = await self.categories.get_locked(category_id)
        await self.categories.remove(category)


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
        return await self.products.by_sku(sku.upper())

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
