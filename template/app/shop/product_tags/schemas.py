"""Requests and responses about tags."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.pagination import PageQuery
from app.schemas import NotBlank, PartialUpdate, ReadModel, RequestBody, Search
from app.shop.schemas import Slug

TagName = Annotated[NotBlank, Field(max_length=100)]


class TagBase(BaseModel):
    """Fields of a tag in requests and responses."""

    name: TagName
    slug: Slug


class TagCreate(TagBase, RequestBody):
    """New tag, or a replacement for all fields of a tag."""


class TagUpdate(PartialUpdate):
    """Change of some fields of a tag."""

    name: TagName = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)


class TagRead(TagBase, ReadModel):
    """Tag."""


class TagSummary(BaseModel):
    """Tag as part of another resource."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    slug: str


class TagQuery(PageQuery):
    """Filters and order of a list of tags."""

    search: Search | None = None
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"
