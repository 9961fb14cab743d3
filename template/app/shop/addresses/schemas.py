"""What addresses take and give over HTTP."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.schemas import NOT_BLANK, Name, PartialUpdate, ReadModel, RequestBody

City = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NOT_BLANK),
]
PostalCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=NOT_BLANK),
]
# Two letters as of ISO 3166-1.
Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]


class AddressBase(BaseModel):
    """What an address is, in requests and responses alike."""

    street: Name
    city: City
    postal_code: PostalCode
    country: Country


class AddressCreate(AddressBase, RequestBody):
    """A new address, or all of an old one's fields anew."""


class AddressUpdate(PartialUpdate):
    """A change of some fields of an address."""

    street: Name = Field(default_factory=str)
    city: City = Field(default_factory=str)
    postal_code: PostalCode = Field(default_factory=str)
    country: Country = Field(default_factory=str)


class AddressRead(AddressBase, ReadModel):
    """A stored address."""

    user_id: int
