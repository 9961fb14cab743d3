# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of categories: the tree and its depth."""

from collections.abc import Iterable, Mapping

from app.dependencies import SessionDep
from app.errors import Conflict
from app.models import Category
from app.pagination import Page
from app.shop.categories.repository import CategoryRepository
from app.shop.categories.schemas import (
    CategoryCreate,
    CategoryNode,
    CategoryQuery,
    CategoryUpdate,
)

# More than a shop needs, and shallow enough for JSON, which is written no deeper than 255.
MAX_DEPTH = 20


class CategoryService:
    """Categories form a tree: no category is inside itself."""

    def __init__(self, session: SessionDep) -> None:
        self.categories = CategoryRepository(session)

    async def page(self, query: CategoryQuery) -> Page[Category]:
        """Page of the categories that match."""
        return await self.categories.page(query)

    async def tree(self) -> list[CategoryNode]:
        """All categories, each inside its parent."""
        found = await self.categories.by_name()
        return build_tree(found)

    async def branch(self, category_id: int) -> CategoryNode:
        """Category with all categories below it. Raises NotFound."""
        found = await self.categories.within(category_id)
        return build_tree(found)[0]

    async def get(self, category_id: int) -> Category:
        """Category with this key. Raises NotFound."""
        return await self.categories.get(category_id)

    async def by_slug(self, slug: str) -> Category:
        """Category with this slug. Raises NotFound."""
        return await self.categories.by_slug(slug)

    async def create(self, data: CategoryCreate) -> Category:
        """Add a category. Raises Conflict for a place that the tree does not allow."""
        if data.parent_id is not None:
            parents = await self.categories.parents_locked()
            require_place(data.parent_id, None, parents)
        return await self.categories.add(Category(**data.columns()))

    async def change(self, category_id: int, data: CategoryCreate | CategoryUpdate) -> Category:
        """Write the fields of the data. Raises NotFound, Conflict."""
        if data.parent_id is not None:
            parents = await self.categories.parents_locked()
            require_place(data.parent_id, category_id, parents)
        category = await self.categories.get_locked(category_id)
        return await self.categories.change(category, data.columns())

    async def delete(self, category_id: int) -> None:
        """Delete a category that holds nothing. Raises NotFound."""
        category = await self.categories.get_locked(category_id)
        await self.categories.remove(category)


def build_tree(categories: Iterable[Category]) -> list[CategoryNode]:
    """Roots with their subcategories; siblings keep their order.

    A root has no parent, or one that is not among the categories.
    """
    rows = list(categories)
    nodes = {row.id: CategoryNode(id=row.id, name=row.name, slug=row.slug) for row in rows}
    roots: list[CategoryNode] = []
    for row in rows:
        parent = nodes.get(row.parent_id) if row.parent_id is not None else None
        siblings = parent.children if parent else roots
        siblings.append(nodes[row.id])
    return roots


def is_inside(inner: int, outer: int, parents: Mapping[int, int | None]) -> bool:
    """Whether `inner` is `outer` or below it."""
    current: int | None = inner
    while current is not None and current != outer:
        current = parents.get(current)
    return current == outer


def require_place(
    parent_id: int,
    category_id: int | None,
    parents: Mapping[int, int | None],
) -> None:
    """Raise Conflict if a new or moved category would be inside itself or too deep."""
    below = 1
    if category_id is not None:
        if is_inside(parent_id, category_id, parents):
            raise Conflict("A category cannot be inside itself.")
        below = _height(category_id, parents)
    if _depth(parent_id, parents) + below > MAX_DEPTH:
        raise Conflict(f"Categories can be nested no deeper than {MAX_DEPTH}.")


def _depth(key: int, parents: Mapping[int, int | None]) -> int:
    """Number of levels from the root down to this category."""
    depth = 0
    current: int | None = key
    while current is not None:
        depth += 1
        current = parents.get(current)
    return depth


def _height(key: int, parents: Mapping[int, int | None]) -> int:
    """Number of levels from this category down to the deepest one below it."""
    depths = [_depth(inner, parents) for inner in parents if is_inside(inner, key, parents)]
    return max(depths, default=0) - _depth(key, parents) + 1
# {% endcall %}
# {% endcall %}
