# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with categories, and the rules it keeps."""

from app.models import Category
from app.pagination import Page
from app.shop.categories.repository import CategoryRepository
from app.shop.categories.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryUpdate,
)
from app.shop.categories.tree import build_tree, require_place


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

    async def branch(self, category_id: int) -> CategoryNode:
        """Return one category with all that is below it. Raises NotFound."""
        categories = await self.categories.within(category_id)
        return build_tree(categories)[0]

    async def get(self, category_id: int) -> Category:
        """Return one category. Raises NotFound."""
        return await self.categories.get(category_id)

    async def by_slug(self, slug: str) -> Category:
        """Return the category with this slug. Raises NotFound."""
        return await self.categories.by_slug(slug)

    async def create(self, data: CategoryCreate) -> Category:
        """Add a category. Raises Conflict for a place it cannot have."""
        if data.parent_id is not None:
            parents = await self.categories.parents_locked()
            require_place(data.parent_id, None, parents)
        return await self.categories.add(Category(**data.columns()))

    async def change(self, category_id: int, data: CategoryCreate | CategoryUpdate) -> Category:
        """Write what the data sets. Raises NotFound; Conflict for a place it cannot have."""
        if data.parent_id is not None:
            parents = await self.categories.parents_locked()
            require_place(data.parent_id, category_id, parents)
        category = await self.categories.get_locked(category_id)
        return await self.categories.change(category, data.columns())

    async def delete(self, category_id: int) -> None:
        """Delete a category that holds nothing. Raises NotFound."""
        category = await self.categories.get_locked(category_id)
        await self.categories.remove(category)
# {% endcall %}
