"""Requests and responses about categories."""

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
)
from app.shop.schemas import Slug


class CategoryBase(BaseModel):
    """Fields of a category in requests and responses."""

    name: Name
    slug: Slug
    description: Description | None = None
    parent_id: Reference | None = None


class CategoryCreate(CategoryBase, RequestBody):
    """New category, or a replacement for all fields of a category."""


class CategoryUpdate(PartialUpdate):
    """Change of some fields of a category."""

    name: Name = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)
    description: Description | None = None
    parent_id: Reference | None = None


class CategoryRead(CategoryBase, ReadModel):
    """Category."""


class CategorySummary(BaseModel):
    """Category as part of another resource."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    slug: str


class CategoryNode(CategorySummary):
    """Category with its subcategories."""

    children: list["CategoryNode"] = []


class CategoryQuery(PageQuery):
    """Filters and order of a list of categories."""

    search: Search | None = None
    parent_id: Key | None = None
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"
