# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""What routes may ask for."""

from typing import Annotated

from fastapi import Depends

from app.accounts.buyers import Buyer
from app.dependencies import SessionDep
from app.orders.repository import OrderRepository
from app.orders.service import OrderService


def get_order_service(session: SessionDep, actor: Buyer) -> OrderService:
    """Put the service together."""
    return OrderService(OrderRepository(session), actor)


Orders = Annotated[OrderService, Depends(get_order_service)]
# {% endcall %}
