"""What products take and give over HTTP."""

from decimal import Decimal
from typing import Annotated, Literal

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
    Money,
    Name,
    PartialUpdate,
    Price,
    ReadModel,
    Reference,
    RequestBody,
    Search,
    Slug,
    unique,
)
from app.shop.categories.schemas import CategorySummary
from app.shop.tags.schemas import TagSummary

SKU = r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$"
Sku = Annotated[str, StringConstraints(to_upper=True, max_length=50, pattern=SKU)]
# The range of the column.
Quantity = Annotated[int, Field(ge=0, le=2**31 - 1)]
Stock = Annotated[Quantity, WHOLE_NUMBER]


class ProductBase(BaseModel):
    """What a product is, in requests and responses alike."""

    name: Name
    slug: Slug
    sku: Sku
    description: Description | None = None
    price: Price
    stock_quantity: Stock = 0
    is_active: StrictBool = True
    category_id: Reference | None = None


class ProductCreate(ProductBase, RequestBody):
    """A new product, or all of an old one's fields anew."""


class ProductUpdate(PartialUpdate):
    """A change of some fields of a product."""

    name: Name = Field(default_factory=str)
    slug: Slug = Field(default_factory=str)
    sku: Sku = Field(default_factory=str)
    description: Description | None = None
    price: Price = Field(default_factory=Decimal)
    stock_quantity: Stock = Field(default_factory=int)
    is_active: StrictBool = Field(default_factory=bool)
    category_id: Reference | None = None


class ProductTags(RequestBody):
    """All tags that a product shall carry."""

    tag_ids: Annotated[
        list[Reference],
        Field(max_length=50, json_schema_extra={"uniqueItems": True}),
        AfterValidator(unique),
    ]


class ProductRead(ProductBase, ReadModel):
    """A stored product."""


class ProductDetail(ProductRead):
    """A stored product with its category and its tags."""

    category: CategorySummary | None
    tags: list[TagSummary]


class ProductFilter(PageQuery):
    """Which products, in which order."""

    search: Search | None = None
    is_active: bool | None = None
    min_price: Money | None = None
    max_price: Money | None = None
    tag: Slug | None = None
    # Together with a category: those of all categories below it too.
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
    """Which products of all categories, or of one."""

    category_id: Key | None = None
