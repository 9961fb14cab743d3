# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about categories and the tree they form."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.database.repository import Repository
from app.errors import NotFound
from app.models import Category
from app.pagination import Columns, Page, ordering, paginate
from app.shop.categories.schemas import CategoryQuery

# Names that a list can be sorted by: the same as in CategoryQuery.
COLUMNS: Columns = {"name": Category.name, "created_at": Category.created_at}


class CategoryRepository(Repository[Category]):
    """Categories, alone or as a tree."""

    model = Category

    async def page(self, query: CategoryQuery) -> Page[Category]:
        """Page of the categories that match."""
        statement = self.select_existing()
        if query.search is not None:
            statement = statement.where(Category.name.icontains(query.search, autoescape=True))
        if query.parent_id is not None:
            statement = statement.where(Category.parent_id == query.parent_id)
        statement = statement.order_by(ordering(query.sort, COLUMNS), Category.id)
        return await paginate(self.session, statement, query)

    async def by_slug(self, slug: str) -> Category:
        """Category with this slug. Raises NotFound."""
        return await self.get_by(Category.slug, slug)

    async def by_name(self) -> Sequence[Category]:
        """All categories by name, for the tree."""
        statement = select(Category).order_by(Category.name, Category.id)
        rows = await self.session.scalars(statement)
        return rows.all()

    async def within(self, key: int) -> Sequence[Category]:
        """Category and all categories below it, by name. Raises NotFound."""
        statement = select(Category).where(Category.id.in_(keys_within(key)))
        rows = await self.session.scalars(statement.order_by(Category.name, Category.id))
        found = rows.all()
        if not found:
            raise NotFound(f"Category {key} does not exist.")
        return found

    async def parents_locked(self) -> dict[int, int | None]:
        """Parent of each category; the whole tree is locked for update."""
        statement = select(Category.id, Category.parent_id).order_by(Category.id)
        rows = await self.session.execute(statement.with_for_update())
        return {row.id: row.parent_id for row in rows}


def keys_within(category_id: int) -> Select[int]:
    """Select the key of a category and of all categories below it."""
    within = select(Category.id).where(Category.id == category_id).cte("within", recursive=True)
    child = aliased(Category)
    within = within.union(select(child.id).where(child.parent_id == within.c.id))
    return select(within.c.id)
# {% endcall %}
# {% endcall %}
