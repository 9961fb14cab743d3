"""What categories take and give over HTTP."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.pagination import PageQuery
from app.schemas import (
    Description,
    Key,
    Name,
    PartialUpdate,
    ReadModel,
    Reference,
    RequestBody,
    Search,
    Slug,
)


class CategoryBase(BaseModel):
    """What a category is, in requests and responses alike."""

    name: Name
    slug: Slug
    description: Description | None = None
    parent_id: Reference | None = None


class CategoryCreate(CategoryBase, RequestBody):
    """A new category, or all of an old one's fields anew."""


class CategoryUpdate(PartialUpdate):
    """A change of some fields of a category."""

    name: Name = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)
    description: Description | None = None
    parent_id: Reference | None = None


class CategoryRead(CategoryBase, ReadModel):
    """A stored category."""


class CategorySummary(BaseModel):
    """A category as part of something else."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    slug: str


class CategoryNode(BaseModel):
    """A category with all that is below it."""

    id: int
    name: str
    slug: str
    children: list["CategoryNode"] = []


class CategoryQuery(PageQuery):
    """Which categories, in which order."""

    search: Search | None = None
    parent_id: Key | None = None
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"
