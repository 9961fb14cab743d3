# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call with_accounts(auth) %}
"""Users over HTTP. Paths with a word come before `/{id}`, which would swallow them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.auth.access import require
from app.auth.scopes import Scope
from app.models import User
from app.pagination import Page
from app.schemas import BulkIds, Id
from app.users.dependencies import Users
from app.users.schemas import (
    NewUsers,
    UserActivation,
    UserCreate,
    UserDetail,
    UserQuery,
    UserRead,
    UserStatistics,
    UserUpdate,
)

# {% if auth == "none" %}
router = APIRouter(prefix="/users", tags=["users"])
# {% else %}
router = APIRouter(prefix="/users", tags=["users"], dependencies=[require(Scope.USERS)])
# {% endif %}


@router.get("", response_model=Page[UserRead])
async def list_users(service: Users, query: Annotated[UserQuery, Query()]) -> Page[User]:
    """List users."""
    return await service.page(query)


@router.post("", response_model=UserRead, status_code=status.HTTP_201_CREATED)
async def create_user(data: UserCreate, service: Users, response: Response) -> User:
    """Add a user."""
    user = await service.create(data)
    response.headers["Location"] = f"/users/{user.id}"
    return user


@router.post("/bulk", response_model=list[UserRead], status_code=status.HTTP_201_CREATED)
async def create_users(data: NewUsers, service: Users) -> Sequence[User]:
    """Add many users, all of them or none."""
    return await service.create_many(data)


@router.patch("/bulk", response_model=list[UserRead])
async def activate_users(data: UserActivation, service: Users) -> Sequence[User]:
    """Say of many users whether they are active, of all or of none."""
    return await service.activate(data)


@router.delete("/bulk", status_code=status.HTTP_204_NO_CONTENT)
async def delete_users(service: Users, query: Annotated[BulkIds, Query()]) -> None:
    """Delete many users, all of them or none."""
    await service.delete_many(query.id)


@router.get("/statistics")
async def read_user_statistics(service: Users) -> UserStatistics:
    """Count the users of each kind."""
    return await service.statistics()


@router.get("/email/{email}", response_model=UserDetail)
async def read_user_by_email(email: str, service: Users) -> User:
    """Return the user with this e-mail address, in any case."""
    return await service.by_email(email)


@router.get("/{user_id}", response_model=UserDetail)
async def read_user(user_id: Id, service: Users) -> User:
    """Return one user with all that belongs to it."""
    return await service.get(user_id)


@router.put("/{user_id}", response_model=UserRead)
async def replace_user(user_id: Id, data: UserCreate, service: Users) -> User:
    """Replace all fields of a user."""
    return await service.change(user_id, data)


@router.patch("/{user_id}", response_model=UserRead)
async def update_user(user_id: Id, data: UserUpdate, service: Users) -> User:
    """Change some fields of a user."""
    return await service.change(user_id, data)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_user(user_id: Id, service: Users) -> None:
    """Delete a user. Nobody finds it again, and its names stay taken."""
    await service.delete_many([user_id])
# {% endcall %}
# {% endcall %}
