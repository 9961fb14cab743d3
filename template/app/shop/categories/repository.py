# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about categories."""

from collections.abc import Sequence

from sqlalchemy import select

from app.database.pagination import paginate
from app.database.repository import Repository
from app.errors import NotFound
from app.models import Category
from app.pagination import Page
from app.shop.categories.schemas import CategoryQuery
from app.shop.categories.statements import keys_within, matching_categories


class CategoryRepository(Repository[Category]):
    """The categories, and the tree they form."""

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

    async def within(self, key: int) -> Sequence[Category]:
        """Return a category and all that is below it, by name. Raises NotFound."""
        statement = self.select().where(Category.id.in_(keys_within(key)))
        rows = await self.session.scalars(statement.order_by(Category.name, Category.id))
        found = rows.all()
        if not found:
            raise NotFound(f"Category {key} does not exist.")
        return found

    async def parents_locked(self) -> dict[int, int | None]:
        """Return the parent of each category, and let nobody else change the tree."""
        statement = select(Category.id, Category.parent_id).order_by(Category.id).with_for_update()
        rows = await self.session.execute(statement)
        return {row.id: row.parent_id for row in rows}
# {% endcall %}
