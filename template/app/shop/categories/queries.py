# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about categories. Nothing here commits."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.pagination import paginate
from app.errors import NotFound
from app.models import Category
from app.pagination import Page
from app.shop.categories.schemas import CategoryQuery
from app.shop.categories.statements import keys_within, matching_categories


async def find_categories(session: AsyncSession, query: CategoryQuery) -> Page[Category]:
    """Return one page of the categories that match."""
    return await paginate(session, matching_categories(select(Category), query), query)


async def all_categories(session: AsyncSession) -> Sequence[Category]:
    """Return every category by name, for the tree."""
    rows = await session.scalars(select(Category).order_by(Category.name, Category.id))
    return rows.all()


async def categories_within(session: AsyncSession, key: int) -> Sequence[Category]:
    """Return a category and all that is below it, by name. Raises NotFound."""
    statement = select(Category).where(Category.id.in_(keys_within(key)))
    rows = await session.scalars(statement.order_by(Category.name, Category.id))
    found = rows.all()
    if not found:
        raise NotFound(f"Category {key} does not exist.")
    return found


async def get_category(session: AsyncSession, key: int, *, lock: bool = False) -> Category:
    """Return the category with this key; locked, nobody else can change it. Raises NotFound."""
    category = await session.get(Category, key, with_for_update=lock)
    if category is None:
        raise NotFound(f"Category {key} does not exist.")
    return category


async def category_by_slug(session: AsyncSession, slug: str) -> Category:
    """Return the category with this slug. Raises NotFound."""
    category = await session.scalar(select(Category).where(Category.slug == slug))
    if category is None:
        raise NotFound(f"Category {slug} does not exist.")
    return category


async def lock_category_parents(session: AsyncSession) -> dict[int, int | None]:
    """Return the parent of each category, and let nobody else change the tree."""
    statement = select(Category.id, Category.parent_id).order_by(Category.id).with_for_update()
    rows = await session.execute(statement)
    return {row.id: row.parent_id for row in rows}
# {% endcall %}
