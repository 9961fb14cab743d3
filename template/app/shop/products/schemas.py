"""Requests and responses about products."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from app.pagination import PageQuery
from app.schemas import (
    WHOLE_NUMBER,
    Description,
    Key,
    Name,
    PartialUpdate,
    ReadModel,
    Reference,
    RequestBody,
    Search,
    unique,
)
from app.shop.categories.schemas import CategorySummary
from app.shop.product_tags.schemas import TagSummary
from app.shop.schemas import Money, Price, Slug

SKU = r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$"
Sku = Annotated[str, StringConstraints(to_upper=True, max_length=50, pattern=SKU)]
# The range of the column.
Quantity = Annotated[int, Field(ge=0, le=2**31 - 1)]
Stock = Annotated[Quantity, WHOLE_NUMBER]


class ProductBase(BaseModel):
    """Fields of a product in requests and responses."""

    name: Name
    slug: Slug
    sku: Sku
    description: Description | None = None
    price: Price
    stock_quantity: Stock = 0
    is_active: StrictBool = True
    category_id: Reference | None = None


class ProductCreate(ProductBase, RequestBody):
    """New product, or a replacement for all fields of a product."""


class ProductUpdate(PartialUpdate):
    """Change of some fields of a product."""

    name: Name = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)
    sku: Sku = Field(default_factory=str)
    description: Description | None = None
    price: Price = Field(default_factory=Decimal)
    stock_quantity: Stock = Field(default_factory=int)
    is_active: StrictBool = Field(default_factory=bool)
    category_id: Reference | None = None


class ProductChange(ProductUpdate):
    """Change of some fields of one product among several."""

    id: Reference

    def columns(self) -> dict[str, Any]:
        """Columns to write; the key says of which product."""
        return self.model_dump(exclude_unset=True, exclude={"id"})


def _each_product_once(changes: list[ProductChange]) -> list[ProductChange]:
    unique([change.id for change in changes])
    return changes


BULK = Field(min_length=1, max_length=100)
NewProducts = Annotated[list[ProductCreate], BULK]
ProductChanges = Annotated[list[ProductChange], BULK, AfterValidator(_each_product_once)]


class ProductTags(RequestBody):
    """Tags of a product: they replace those it has."""

    tag_ids: Annotated[
        list[Reference],
        Field(max_length=50, json_schema_extra={"uniqueItems": True}),
        AfterValidator(unique),
    ]


class ProductRead(ProductBase, ReadModel):
    """Product."""


class ProductDetail(ProductRead):
    """Product with its category and its tags."""

    category: CategorySummary | None
    tags: list[TagSummary]


class ProductFilter(PageQuery):
    """Filters and order of a list of products."""

    search: Search | None = None
    is_active: bool | None = None
    min_price: Money | None = None
    max_price: Money | None = None
    tag: Slug | None = None
    # With a category: include products of all categories below it.
    include_subcategories: bool = False
    sort: Literal["name", "-name", "price", "-price", "created_at", "-created_at"] = "name"

    @field_validator("max_price")
    @classmethod
    def _not_below_min_price(cls, price: Decimal | None, info: ValidationInfo) -> Decimal | None:
        lowest = info.data.get("min_price")
        if price is not None and lowest is not None and price < lowest:
            raise PydanticCustomError("price_range", "Input should not be less than min_price")
        return price


class ProductQuery(ProductFilter):
    """Filters and order of a list of products, of all categories or of one."""

    category_id: Key | None = None


class LowStockQuery(PageQuery):
    """Threshold of a low stock."""

    threshold: Quantity = 10


class CategoryPrices(BaseModel):
    """Number and prices of the products in a category; without names: of those in none."""

    category_id: int | None
    category_name: str | None
    products: int
    average_price: Money | None
    lowest_price: Money | None
    highest_price: Money | None
