"""Requests and responses about customers and their addresses."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from app.schemas import Name, NotBlank, PartialUpdate, ReadModel, References, RequestBody
from app.users.schemas import UserCreate, UserRead

NewUsers = Annotated[list[UserCreate], Field(min_length=1, max_length=100)]
City = Annotated[NotBlank, Field(max_length=100)]
PostalCode = Annotated[NotBlank, Field(max_length=20)]
# ISO 3166-1 alpha-2.
Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]


class AddressBase(BaseModel):
    """Fields of an address in requests and responses."""

    street: Name
    city: City
    postal_code: PostalCode
    country: Country


class AddressCreate(AddressBase, RequestBody):
    """New address, or a replacement for all fields of an address."""


class AddressUpdate(PartialUpdate):
    """Change of some fields of an address."""

    street: Name = Field(default_factory=str)
    city: City = Field(default_factory=str)
    postal_code: PostalCode = Field(default_factory=str)
    country: Country = Field(default_factory=str)


class AddressRead(AddressBase, ReadModel):
    """Address of a user."""

    user_id: int


class UserActivation(RequestBody):
    """Users to activate or to deactivate."""

    ids: References
    is_active: StrictBool


class UserDetail(UserRead):
    """User with all addresses."""

    addresses: list[AddressRead]


class UserStatistics(BaseModel):
    """Numbers of users. The total is that of a list: it leaves deleted users out."""

    model_config = ConfigDict(from_attributes=True)

    total: int
    active: int
    inactive: int
    deleted: int
