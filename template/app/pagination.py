# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Pages of a list: the query of a client, the statement that reads a page, its envelope."""

from collections.abc import Mapping
from math import ceil
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Item = TypeVar("Item")
Columns = Mapping[str, InstrumentedAttribute[Any]]


class PageQuery(BaseModel):
    """Number and size of a page. Unknown parameters are refused: a typo must not return all."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def offset(self) -> int:
        """Number of items before this page."""
        return (self.page - 1) * self.page_size


class Page(BaseModel, Generic[Item]):
    """One page of a list, with its position in the whole list."""

    model_config = ConfigDict(arbitrary_types_allowed=True, from_attributes=True)

    items: list[Item]
    total: int
    page: int
    page_size: int
    pages: int
    has_next: bool
    has_previous: bool

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name of the schema in OpenAPI: `ProductPage` for `Page[ProductRead]`."""
        return f"{params[0].__name__.removesuffix('Read')}Page"


def page_of(items: list[Item], total: int, query: PageQuery) -> Page[Item]:
    """Page that answers a query, given its items and the total of all pages."""
    pages = ceil(total / query.page_size)
    return Page(
        items=items,
        total=total,
        page=query.page,
        page_size=query.page_size,
        pages=pages,
        has_next=query.page < pages,
        has_previous=query.page > 1,
    )


async def paginate(
    session: AsyncSession,
    statement: Select[Item],
    query: PageQuery,
) -> Page[Item]:
    """Read one page of the rows that the statement selects, and count all of them.

    The statement must end its ordering with a unique column, or pages overlap.
    """
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = await session.scalar(counted)
    rows = await session.scalars(statement.limit(query.page_size).offset(query.offset))
    return page_of(list(rows), total or 0, query)


def ordering(sort: str, columns: Columns) -> ColumnElement[Any]:
    """Ordering by a name from an allow-list of columns; a dash before it means descending."""
    column = columns[sort.removeprefix("-")]
    return column.desc() if sort.startswith("-") else column.asc()
# {% endcall %}
