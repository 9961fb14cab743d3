# {% from "extensions/route_guards.jinja" import route_guards %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call route_guards(auth) %}
"""Routes of users."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.auth.dependencies import require_scopes
from app.auth.scopes import Scope
from app.models import User
from app.pagination import Page
from app.schemas import Id
from app.users.schemas import UserCreate, UserQuery, UserRead, UserUpdate
from app.users.service import UserService

router = APIRouter(prefix="/users", tags=["users"], dependencies=[require_scopes(Scope.USERS)])

Users = Annotated[UserService, Depends()]


@router.get("", response_model=Page[UserRead])
async def list_users(service: Users, query: Annotated[UserQuery, Query()]) -> Page[User]:
    """List users. The filter `email` finds one user."""
    return await service.page(query)


@router.post("", response_model=UserRead, status_code=status.HTTP_201_CREATED)
async def create_user(data: UserCreate, service: Users, response: Response) -> User:
    """Create a user."""
    user = await service.create(data)
    response.headers["Location"] = f"/users/{user.id}"
    return user


# {% if example == "none" %}
@router.get("/{user_id}", response_model=UserRead)
async def read_user(user_id: Id, service: Users) -> User:
    """Show a user."""
    return await service.get(user_id)


# {% endif %}
@router.patch("/{user_id}", response_model=UserRead)
async def update_user(user_id: Id, data: UserUpdate, service: Users) -> User:
    """Change some fields of a user."""
    return await service.change(user_id, data)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_user(user_id: Id, service: Users) -> None:
    """Delete a user. It is hidden from then on; username and email stay reserved."""
    await service.delete(user_id)
# {% endcall %}
# {% endcall %}
