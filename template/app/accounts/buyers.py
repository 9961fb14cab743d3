"""Who may use the shop: members what is their own, whoever looks after orders all of it."""

from typing import Annotated

from fastapi import Depends

from app.accounts.access import require
from app.accounts.ownership import check_self
from app.accounts.scopes import Actor, Scope
from app.schemas import Id

Buyer = Annotated[Actor, require(Scope.SHOP, Scope.ORDERS)]


def check_path(user_id: Id, actor: Buyer) -> None:
    """Raise NotFound where the path is another user's, unless staff asks."""
    check_self(actor, user_id)


# What a route or a router below `/users/{user_id}` depends on.
OWN_PATH = Depends(check_path)
