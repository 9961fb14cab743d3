"""What orders take and give over HTTP."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.models import OrderStatus
from app.pagination import PageQuery
from app.schemas import (
    NOT_BLANK,
    WHOLE_NUMBER,
    Key,
    Money,
    ReadModel,
    Reference,
    RequestBody,
    Total,
)

Quantity = Annotated[int, Field(ge=1, le=10_000), WHOLE_NUMBER]
ShippingAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NOT_BLANK),
]
Sort = Literal["created_at", "-created_at", "total_amount", "-total_amount"]


class OrderLine(RequestBody):
    """So many of one product."""

    product_id: Reference
    quantity: Quantity


class OrderCreate(RequestBody):
    """A new order. A product that it names twice is bought in the sum of both quantities."""

    # {% if auth == "none" %}
    user_id: Reference
    # {% endif %}
    items: Annotated[list[OrderLine], Field(min_length=1, max_length=100)]
    shipping_address: ShippingAddress


class OrderStatusChange(RequestBody):
    """The status that an order is to get."""

    status: OrderStatus


class Readable(BaseModel):
    """A part of a response, made from a row."""

    model_config = ConfigDict(from_attributes=True)


class OrderItemRead(Readable):
    """One product of an order, at the price of that moment."""

    product_id: int
    quantity: int
    unit_price: Money
    total_price: Money


class OrderedProduct(Readable):
    """What the product is called today."""

    name: str
    sku: str
    slug: str


class OrderItemDetail(OrderItemRead):
    """One product of an order, and what it is called."""

    product: OrderedProduct


class OrderSummary(ReadModel):
    """An order without its items, as lists show it."""

    order_number: str
    user_id: int
    status: OrderStatus
    total_amount: Money
    shipping_address: str


class OrderRead(OrderSummary):
    """An order with its items."""

    items: list[OrderItemRead]


class OrderDetail(OrderSummary):
    """An order with its items and what they are called."""

    items: list[OrderItemDetail]


class OrderFilter(PageQuery):
    """Which orders, in which order."""

    status: OrderStatus | None = None
    sort: Sort = "-created_at"


class OrderQuery(OrderFilter):
    """Which orders of all users, or of one."""

    user_id: Key | None = None


class StatisticsQuery(BaseModel):
    """How many days the revenue goes back, today included."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=366)] = 30


class StatusTotal(Readable):
    """How many orders have a status, and what they cost together."""

    status: OrderStatus
    orders: int
    amount: Total


class DayRevenue(Readable):
    """What was sold on one day, in UTC. Cancelled orders do not count."""

    day: date
    orders: int
    revenue: Total


class OrderStatistics(BaseModel):
    """All orders by status, and the revenue of the last days. A day without a sale is left out."""

    by_status: list[StatusTotal]
    revenue_by_day: list[DayRevenue]


class TopSpendersQuery(BaseModel):
    """How many users."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 10


class TopSpender(Readable):
    """A user, and what this user has spent. Cancelled orders do not count."""

    user_id: int
    username: str
    orders: int
    spent: Total
