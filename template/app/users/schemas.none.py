"""What users take and give over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.pagination import PageQuery
from app.schemas import (
    Description,
    Email,
    Name,
    PartialUpdate,
    ReadModel,
    References,
    RequestBody,
    Search,
    Username,
)


class UserBase(BaseModel):
    """What a user is, in requests and responses alike."""

    username: Username
    email: Email
    full_name: Name | None = None
    bio: Description | None = None
    is_active: StrictBool = True


class UserCreate(UserBase, RequestBody):
    """A new user, or all of an old one's fields anew. Only the user can set a password: by mail."""


NewUsers = Annotated[list[UserCreate], Field(min_length=1, max_length=100)]


class UserUpdate(PartialUpdate):
    """A change of some fields of a user."""

    username: Username = Field(default_factory=str)
    email: Email = Field(default_factory=str)
    full_name: Name | None = None
    bio: Description | None = None
    is_active: StrictBool = Field(default_factory=bool)


class UserActivation(RequestBody):
    """Which users shall be active, or no longer."""

    ids: References
    is_active: StrictBool


class UserRead(UserBase, ReadModel):
    """A stored user."""


class UserDetail(UserRead):
    """A stored user with all that belongs to it, which is nothing yet."""


class UserStatistics(BaseModel):
    """How many users there are. The total is what a list shows: it leaves deleted ones out."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    active: int
    inactive: int
    deleted: int


class UserQuery(PageQuery):
    """Which users, in which order."""

    search: Search | None = None
    is_active: bool | None = None
    sort: Literal["username", "-username", "email", "-email", "created_at", "-created_at"] = (
        "username"
    )
