# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Orders over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.access import require
from app.auth.scopes import Scope
from app.idempotency import IdempotencyDep
from app.models import Order
from app.pagination import Page
from app.schemas import Id
from app.shop.orders.dependencies import Orders
from app.shop.orders.schemas import (
    OrderCreate,
    OrderDetail,
    OrderFilter,
    OrderQuery,
    OrderRead,
    OrderStatistics,
    OrderStatusChange,
    OrderSummary,
    StatisticsQuery,
    TopSpender,
    TopSpendersQuery,
)

router = APIRouter(prefix="/orders", tags=["orders"])
users_router = APIRouter(prefix="/users", tags=["users"])
# {% if auth != "none" %}
# What tells of everybody's orders takes a scope.
guarded_router = APIRouter(dependencies=[require(Scope.ORDERS)])
guarded_users_router = APIRouter(dependencies=[require(Scope.ORDERS)])
router.include_router(guarded_router)
users_router.include_router(guarded_users_router)
# {% endif %}


@router.get("", response_model=Page[OrderSummary])
async def list_orders(service: Orders, query: Annotated[OrderQuery, Query()]) -> Page[Order]:
    """List orders, without their items."""
    return await service.page(query)


@router.post("", response_model=OrderRead, status_code=status.HTTP_201_CREATED)
async def place_order(data: OrderCreate, service: Orders, once: IdempotencyDep) -> Response:
    """Buy products, all of them or none. Send an Idempotency-Key to repeat it safely."""
    known = await once.claim(data)
    if known is not None:
        return known
    order = await service.place(data)
    return once.answer(OrderRead.model_validate(order), f"/orders/{order.id}")


@guarded_router.get("/statistics")
async def read_order_statistics(
    service: Orders,
    query: Annotated[StatisticsQuery, Query()],
) -> OrderStatistics:
    """Return all orders by status, and the revenue of the last days."""
    return await service.statistics(query.days)


@guarded_users_router.get("/top-spenders")
async def list_top_spenders(
    service: Orders,
    query: Annotated[TopSpendersQuery, Query()],
) -> list[TopSpender]:
    """List the users who have spent most."""
    return await service.top_spenders(query.limit)


@router.get("/{order_id}", response_model=OrderDetail)
async def read_order(order_id: Id, service: Orders) -> Order:
    """Return one order with its items and what they are called."""
    return await service.get(order_id)


@router.patch("/{order_id}/status", response_model=OrderRead)
async def change_order_status(order_id: Id, data: OrderStatusChange, service: Orders) -> Order:
    """Take an order a step further. One that is cancelled gives its items back to the stock."""
    return await service.change_status(order_id, data.status)


@users_router.get("/{user_id}/orders", response_model=Page[OrderSummary])
async def list_orders_of_user(
    user_id: Id,
    service: Orders,
    query: Annotated[OrderFilter, Query()],
) -> Page[Order]:
    """List the orders of one user, without their items."""
    return await service.page_of_user(user_id, query)
# {% endcall %}
# {% endcall %}
