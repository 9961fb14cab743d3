"""What products take and give over HTTP."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.categories.schemas import CategorySummary
from app.pagination import PageQuery
from app.schemas import Body, Description, Money, Name, Patch, Reference, Search, Slug, Stored

SKU = r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$"
Sku = Annotated[str, StringConstraints(to_upper=True, max_length=50, pattern=SKU)]
Price = Annotated[Money, Field(gt=0)]
# The range of the column.
Stock = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ProductBase(BaseModel):
    """What a product is, in requests and responses alike."""

    name: Name
    slug: Slug
    sku: Sku
    description: Description | None = None
    price: Price
    stock_quantity: Stock = 0
    is_active: bool = True
    category_id: Reference | None = None


class ProductCreate(ProductBase, Body):
    """A new product, or all of an old one's fields anew."""


class ProductUpdate(Patch):
    """A change of some fields of a product."""

    name: Name = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)
    sku: Sku = Field(default_factory=str)
    description: Description | None = None
    price: Price = Field(default_factory=Decimal)
    stock_quantity: Stock = Field(default_factory=int)
    is_active: bool = Field(default_factory=bool)
    category_id: Reference | None = None


class ProductRead(ProductBase, Stored):
    """A stored product."""


class ProductDetail(ProductRead):
    """A stored product with its category."""

    category: CategorySummary | None


class ProductFilter(PageQuery):
    """Which products, in which order."""

    search: Search | None = None
    is_active: bool | None = None
    min_price: Money | None = None
    max_price: Money | None = None
    sort: Literal["name", "-name", "price", "-price", "created_at", "-created_at"] = "name"


class ProductQuery(ProductFilter):
    """Which products of all categories, or of one."""

    category_id: Reference | None = None
