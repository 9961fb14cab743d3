"""Who may use the shop: members what is their own, whoever looks after orders all of it."""

from typing import Annotated

from fastapi import Depends

from app.auth.access import require
from app.auth.ownership import check_self
from app.auth.scopes import Actor, Scope
from app.schemas import Id

ShopUser = Annotated[Actor, require(Scope.SHOP, Scope.ORDERS)]


def check_path(user_id: Id, actor: ShopUser) -> None:
    """Raise NotFound where the path is another user's, unless staff asks."""
    check_self(actor, user_id)


# What a route or a router below `/users/{user_id}` depends on.
same_user_or_staff = Depends(check_path)
