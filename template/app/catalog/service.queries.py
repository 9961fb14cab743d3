# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with its catalog, and the rules it keeps."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import queries
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
from app.database import rows
from app.errors import Conflict
from app.models import Category, Product
from app.pagination import Page
from app.preconditions import require_version


class CategoryService:
    """Categories form a tree, and no category stands inside itself."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def page(self, query: CategoryQuery) -> Page[Category]:
        """Return one page of the categories that match."""
        return await queries.find_categories(self.session, query)

    async def tree(self) -> list[CategoryNode]:
        """Return all categories, each inside its parent."""
        categories = await queries.all_categories(self.session)
        return build_tree(categories)

    async def get(self, category_id: int) -> Category:
        """Return one category. Raises NotFound."""
        return await queries.get_category(self.session, category_id)

    async def by_slug(self, slug: str) -> Category:
        """Return the category with this slug. Raises NotFound."""
        return await queries.category_by_slug(self.session, slug)

    async def create(self, data: CategoryCreate) -> Category:
        """Add a category."""
        return await rows.add(self.session, Category(**data.columns()))

    async def change(self, category_id: int, data: CategoryCreate | CategoryUpdate) -> Category:
        """Write what the data sets. Raises NotFound; Conflict for a parent inside itself."""
        if data.parent_id is not None:
            parents = await queries.lock_category_parents(self.session)
            if is_inside(data.parent_id, category_id, parents):
                raise Conflict("A category cannot stand inside itself.")
        category = await queries.get_category(self.session, category_id, lock=True)
        return await rows.change(self.session, category, data.columns())

    async def delete(self, category_id: int) -> None:
        """Delete a category that holds nothing. Raises NotFound."""
        category = await queries.get_category(self.session, category_id, lock=True)
        await rows.remove(self.session, category)


class ProductService:
    """Products have a price and a stock that is never below zero."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await queries.find_products(self.session, query)

    async def page_of_category(self, category_id: int, query: ProductFilter) -> Page[Product]:
        """Return one page of the products in one category. Raises NotFound."""
        await queries.get_category(self.session, category_id)
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
