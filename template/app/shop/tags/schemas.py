"""What tags take and give over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.pagination import PageQuery
from app.schemas import NOT_BLANK, PartialUpdate, ReadModel, RequestBody, Search, Slug

TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NOT_BLANK),
]


class TagBase(BaseModel):
    """What a tag is, in requests and responses alike."""

    name: TagName
    slug: Slug


class TagCreate(TagBase, RequestBody):
    """A new tag, or all of an old one's fields anew."""


class TagUpdate(PartialUpdate):
    """A change of some fields of a tag."""

    name: TagName = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)


class TagRead(TagBase, ReadModel):
    """A stored tag."""


class TagSummary(BaseModel):
    """A tag as part of something else."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    slug: str


class TagQuery(PageQuery):
    """Which tags, in which order."""

    search: Search | None = None
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"
