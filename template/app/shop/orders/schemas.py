"""Requests and responses about orders."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.models import OrderStatus
from app.pagination import PageQuery
from app.schemas import WHOLE_NUMBER, Key, NotBlank, ReadModel, Reference, RequestBody
from app.shop.schemas import Money, Total

Quantity = Annotated[int, Field(ge=1, le=10_000), WHOLE_NUMBER]
ShippingAddress = Annotated[NotBlank, Field(max_length=500)]
Sort = Literal["created_at", "-created_at", "total_amount", "-total_amount"]


class OrderLine(RequestBody):
    """Quantity of one product."""

    product_id: Reference
    quantity: Quantity


class OrderCreate(RequestBody):
    """New order. The quantities of a product that it names twice are added."""

    # {% if auth == "none" %}
    user_id: Reference
    # {% endif %}
    items: Annotated[list[OrderLine], Field(min_length=1, max_length=100)]
    shipping_address: ShippingAddress


class OrderStatusChange(RequestBody):
    """New status of an order."""

    status: OrderStatus


class OrderPart(BaseModel):
    """Part of a response, read from a row."""

    model_config = ConfigDict(from_attributes=True)


class OrderItemRead(OrderPart):
    """One product of an order, at the price when the order was placed."""

    product_id: int
    quantity: int
    unit_price: Money
    total_price: Money


class OrderedProduct(OrderPart):
    """Current names of an ordered product."""

    name: str
    sku: str
    slug: str


class OrderItemDetail(OrderItemRead):
    """One product of an order, with its names."""

    product: OrderedProduct


class OrderSummary(ReadModel):
    """Order without its items, as lists show it."""

    order_number: str
    user_id: int
    status: OrderStatus
    total_amount: Money
    shipping_address: str


class OrderRead(OrderSummary):
    """Order with its items."""

    items: list[OrderItemRead]


class OrderDetail(OrderSummary):
    """Order with its items and their products."""

    items: list[OrderItemDetail]


class OrderFilter(PageQuery):
    """Filters and order of a list of orders."""

    status: OrderStatus | None = None
    sort: Sort = "-created_at"


class OrderQuery(OrderFilter):
    """Filters and order of a list of orders, of all users or of one."""

    user_id: Key | None = None


class StatisticsQuery(BaseModel):
    """Period of the statistics, in days up to and including today."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=366)] = 30


class StatusTotal(OrderPart):
    """Number and total of the orders with a status."""

    status: OrderStatus
    orders: int
    amount: Total


class DayRevenue(OrderPart):
    """Revenue of one day, in UTC. Cancelled orders do not count."""

    day: date
    orders: int
    revenue: Total


class OrderStatistics(BaseModel):
    """All orders by status, and the revenue by day. Days without a sale are left out."""

    by_status: list[StatusTotal]
    revenue_by_day: list[DayRevenue]


class TopSpendersQuery(BaseModel):
    """Length of the list of top spenders."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 10


class TopSpender(OrderPart):
    """User with the total of the user's orders. Cancelled orders do not count."""

    user_id: int
    username: str
    orders: int
    spent: Total
