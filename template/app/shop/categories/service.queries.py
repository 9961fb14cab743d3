# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with categories, and the rules it keeps."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database import rows
from app.models import Category
from app.pagination import Page
from app.shop.categories import queries
from app.shop.categories.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryUpdate,
)
from app.shop.categories.tree import build_tree, require_place


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

    async def branch(self, category_id: int) -> CategoryNode:
        """Return one category with all that is below it. Raises NotFound."""
        categories = await queries.categories_within(self.session, category_id)
        return build_tree(categories)[0]

    async def get(self, category_id: int) -> Category:
        """Return one category. Raises NotFound."""
        return await queries.get_category(self.session, category_id)

    async def by_slug(self, slug: str) -> Category:
        """Return the category with this slug. Raises NotFound."""
        return await queries.category_by_slug(self.session, slug)

    async def create(self, data: CategoryCreate) -> Category:
        """Add a category. Raises Conflict for a place it cannot have."""
        if data.parent_id is not None:
            parents = await queries.lock_category_parents(self.session)
            require_place(data.parent_id, None, parents)
        return await rows.add(self.session, Category(**data.columns()))

    async def change(self, category_id: int, data: CategoryCreate | CategoryUpdate) -> Category:
        """Write what the data sets. Raises NotFound; Conflict for a place it cannot have."""
        if data.parent_id is not None:
            parents = await queries.lock_category_parents(self.session)
            require_place(data.parent_id, category_id, parents)
        category = await queries.get_category(self.session, category_id, lock=True)
        return await rows.change(self.session, category, data.columns())

    async def delete(self, category_id: int) -> None:
        """Delete a category that holds nothing. Raises NotFound."""
        category = await queries.get_category(self.session, category_id, lock=True)
        await rows.remove(self.session, category)
# {% endcall %}
