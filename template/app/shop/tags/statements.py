"""Which tags a client asks for, and in which order."""

from sqlalchemy import Select

from app.database.sorting import Columns, ordering
from app.models import Tag
from app.shop.tags.schemas import TagQuery

# What a list can be sorted by. TagQuery has the same names, each with a dash before it too.
COLUMNS: Columns = {"name": Tag.name, "created_at": Tag.created_at}


def matching_tags(statement: Select[Tag], query: TagQuery) -> Select[Tag]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    if query.search is not None:
        statement = statement.where(Tag.name.icontains(query.search, autoescape=True))
    return statement.order_by(ordering(query.sort, COLUMNS), Tag.id)
