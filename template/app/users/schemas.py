"""Requests and responses about users."""

# {% if example == "shop" %}
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, StrictBool

from app.pagination import PageQuery
from app.schemas import (
    Description,
    Email,
    Name,
    PartialUpdate,
    ReadModel,
    RequestBody,
    Search,
    Username,
)
from app.shop.schemas import Money


class UserBase(BaseModel):
    """Fields of a user in requests and responses."""

    username: Username
    email: Email
    full_name: Name | None = None
    bio: Description | None = None
    store_credit: Money = Decimal()
    is_active: StrictBool = True


class UserUpdate(PartialUpdate):
    """Change of some fields of a user."""

    username: Username = Field(default_factory=str)
    email: Email = Field(default_factory=str)
    full_name: Name | None = None
    bio: Description | None = None
    store_credit: Money = Field(default_factory=Decimal)
    is_active: StrictBool = Field(default_factory=bool)


# {% else %}
from typing import Literal

from pydantic import BaseModel, Field, StrictBool

from app.pagination import PageQuery
from app.schemas import (
    Description,
    Email,
    Name,
    PartialUpdate,
    ReadModel,
    RequestBody,
    Search,
    Username,
)


class UserBase(BaseModel):
    """Fields of a user in requests and responses."""

    username: Username
    email: Email
    full_name: Name | None = None
    bio: Description | None = None
    is_active: StrictBool = True


class UserUpdate(PartialUpdate):
    """Change of some fields of a user."""

    username: Username = Field(default_factory=str)
    email: Email = Field(default_factory=str)
    full_name: Name | None = None
    bio: Description | None = None
    is_active: StrictBool = Field(default_factory=bool)


# {% endif %}
class UserCreate(UserBase, RequestBody):
    # {% if auth == "none" %}
    """New user."""
    # {% else %}
    """New user, without a password: only the user can set one, by email."""
    # {% endif %}


class UserRead(UserBase, ReadModel):
    """User."""


class UserQuery(PageQuery):
    """Filters and order of a list of users."""

    search: Search | None = None
    email: Email | None = None
    is_active: bool | None = None
    sort: Literal["username", "-username", "email", "-email", "created_at", "-created_at"] = (
        "username"
    )
