# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the catalog asks the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.catalog.schemas import CategoryQuery, ProductQuery
from app.catalog.statements import matching_categories, matching_products
from app.database.pagination import paginate
from app.database.repository import Repository
from app.models import Category, Product
from app.pagination import Page


class CategoryRepository(Repository[Category]):
    """The categories."""

    model = Category

    async def page(self, query: CategoryQuery) -> Page[Category]:
        """Return one page of the categories that match."""
        return await paginate(self.session, matching_categories(self.select(), query), query)

    async def by_slug(self, slug: str) -> Category:
        """Return the category with this slug. Raises NotFound."""
        return await self.one(Category.slug == slug, slug)

    async def all(self) -> Sequence[Category]:
        """Return every category by name, for the tree."""
        rows = await self.session.scalars(self.select().order_by(Category.name, Category.id))
        return rows.all()

    async def parents_locked(self) -> dict[int, int | None]:
        """Return the parent of each category, and let nobody else change the tree."""
        statement = select(Category.id, Category.parent_id).order_by(Category.id).with_for_update()
        rows = await self.session.execute(statement)
        return {row.id: row.parent_id for row in rows}


class ProductRepository(Repository[Product]):
    """The products."""

    model = Product

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await paginate(self.session, matching_products(self.select(), query), query)

    async def detail(self, key: int) -> Product:
        """Return the product with this key and its category. Raises NotFound."""
        return await self.get(key, joinedload(Product.category))

    async def by_slug(self, slug: str) -> Product:
        """Return the product with this slug and its category. Raises NotFound."""
        return await self.one(Product.slug == slug, slug, joinedload(Product.category))

    async def by_sku(self, sku: str) -> Product:
        """Return the product with this SKU and its category. Raises NotFound."""
        return await self.one(Product.sku == sku, sku, joinedload(Product.category))
# {% endcall %}
