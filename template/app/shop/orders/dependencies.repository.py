# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.auth.buyers import ShopUser
from app.dependencies import SessionDep
from app.shop.orders.repository import OrderRepository
from app.shop.orders.service import OrderService


def get_order_service(session: SessionDep, actor: ShopUser) -> OrderService:
    """Put the service together."""
    return OrderService(OrderRepository(session), actor)


Orders = Annotated[OrderService, Depends(get_order_service)]
# {% endcall %}
