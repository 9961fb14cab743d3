"""Which categories a client asks for, and in which order."""

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.database.sorting import Columns, ordering
from app.models import Category
from app.shop.categories.schemas import CategoryQuery

# What a list can be sorted by. CategoryQuery has the same names, each with a dash before it too.
COLUMNS: Columns = {"name": Category.name, "created_at": Category.created_at}


def matching_categories(statement: Select[Category], query: CategoryQuery) -> Select[Category]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    if query.search is not None:
        statement = statement.where(Category.name.icontains(query.search, autoescape=True))
    if query.parent_id is not None:
        statement = statement.where(Category.parent_id == query.parent_id)
    return statement.order_by(ordering(query.sort, COLUMNS), Category.id)


def keys_within(category_id: int) -> Select[int]:
    """Return the statement that finds the key of a category and of all that is below it."""
    within = select(Category.id).where(Category.id == category_id).cte("within", recursive=True)
    child = aliased(Category)
    within = within.union(select(child.id).where(child.parent_id == within.c.id))
    return select(within.c.id)
