# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of orders. Paths with a word come before `/{id}`, which would match them too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.idempotency import IdempotencyDep
# {% if auth == "none" %}
from app.models import Order
# {% else %}
from app.models import Order, OrderStatus
# {% endif %}
from app.pagination import Page
from app.schemas import Id
from app.shop.access import ShopUser, order_staff, require_staff, same_user_or_staff, shop_user
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
from app.shop.orders.service import OrderService

router = APIRouter(prefix="/orders", tags=["orders"])
users_router = APIRouter(prefix="/users", tags=["users"])

Orders = Annotated[OrderService, Depends()]


@router.get("", response_model=Page[OrderSummary], dependencies=[shop_user])
async def list_orders(service: Orders, query: Annotated[OrderQuery, Query()]) -> Page[Order]:
    """List orders, without their items."""
    return await service.page(query)


@router.get("/statistics", dependencies=[order_staff])
async def read_order_statistics(
    service: Orders,
    query: Annotated[StatisticsQuery, Query()],
) -> OrderStatistics:
    """Show the orders by status, and the revenue by day of the last days."""
    return await service.statistics(query.days)


@users_router.get("/top-spenders", dependencies=[order_staff])
async def list_top_spenders(
    service: Orders,
    query: Annotated[TopSpendersQuery, Query()],
) -> list[TopSpender]:
    """List the users with the highest totals."""
    return await service.top_spenders(query.limit)


@router.get("/{order_id}", response_model=OrderDetail, dependencies=[shop_user])
async def read_order(order_id: Id, service: Orders) -> Order:
    """Show an order with its items and their products."""
    return await service.get(order_id)


@users_router.get(
    "/{user_id}/orders",
    response_model=Page[OrderSummary],
    dependencies=[same_user_or_staff],
)
async def list_orders_of_user(
    user_id: Id,
    service: Orders,
    query: Annotated[OrderFilter, Query()],
) -> Page[Order]:
    """List the orders of a user, without their items."""
    return await service.page_of_user(user_id, query)


# {% if auth == "none" %}
@router.post("", response_model=OrderRead, status_code=status.HTTP_201_CREATED)
async def place_order(
    data: OrderCreate,
    service: Orders,
    idempotency: IdempotencyDep,
) -> Response:
    """Place an order for all of its items or for none. An Idempotency-Key makes retries safe."""
    replay = await idempotency.begin(data)
    if replay is not None:
        return replay
    order = await service.place(data.user_id, data)
    return idempotency.finish(OrderRead.model_validate(order), f"/orders/{order.id}")


@router.patch("/{order_id}/status", response_model=OrderRead)
async def change_order_status(order_id: Id, data: OrderStatusChange, service: Orders) -> Order:
    """Change the status of an order. Cancelling one releases its stock."""
    return await service.change_status(order_id, data.status)


# {% else %}
@router.post("", response_model=OrderRead, status_code=status.HTTP_201_CREATED)
async def place_order(
    data: OrderCreate,
    actor: ShopUser,
    service: Orders,
    idempotency: IdempotencyDep,
) -> Response:
    """Place an order for all of its items or for none. An Idempotency-Key makes retries safe."""
    replay = await idempotency.begin(data)
    if replay is not None:
        return replay
    order = await service.place(actor.user_id, data)
    return idempotency.finish(OrderRead.model_validate(order), f"/orders/{order.id}")


@router.patch("/{order_id}/status", response_model=OrderRead)
async def change_order_status(
    order_id: Id,
    data: OrderStatusChange,
    actor: ShopUser,
    service: Orders,
) -> Order:
    """Change the status of an order. Cancelling one releases its stock; members can only cancel."""
    if data.status is not OrderStatus.CANCELLED:
        require_staff(actor)
    return await service.change_status(order_id, data.status)


# {% endif %}
# {% endcall %}
# {% endcall %}
