"""Pages of a list: what a client asks for, and the envelope of the answer."""

from math import ceil
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class PageQuery(BaseModel):
    """Which page. An unknown parameter is refused: a typo must not return everything."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20

    @property
    def offset(self) -> int:
        """Return how many items come before this page."""
        return (self.page - 1) * self.page_size


class Page(BaseModel, Generic[Item]):
    """One page of a list, and where it stands in the whole."""

    model_config = ConfigDict(arbitrary_types_allowed=True, from_attributes=True)

    items: list[Item]
    total: int
    page: int
    page_size: int
    pages: int
    has_next: bool
    has_previous: bool


def page_of(items: list[Item], total: int, query: PageQuery) -> Page[Item]:
    """Return the page that answers a query, given its items and how many there are in all."""
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
