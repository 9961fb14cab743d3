# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Read one page of a statement, and count the whole."""

from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.pagination import Page, PageQuery, page_of

Entity = TypeVar("Entity")


async def paginate(
    session: AsyncSession,
    statement: Select[Entity],
    query: PageQuery,
) -> Page[Entity]:
    """Return one page of the entities that the statement selects.

    The statement must order by something unique at last, or pages overlap.
    """
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = await session.scalar(counted)
    rows = await session.scalars(statement.limit(query.page_size).offset(query.offset))
    return page_of(list(rows), total or 0, query)
# {% endcall %}
