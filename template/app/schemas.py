"""What the schemas of several features share. No field takes what the database cannot store."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError


def _no_text(value: object) -> object:
    if isinstance(value, (str, bool)):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# In a body a number is a number: no text, and no true for 1. In a query all is text.
WHOLE_NUMBER = BeforeValidator(_no_text)
# No text can hold a NUL: PostgreSQL cannot store one.
TEXT = r"^[^\x00]*$"
# Nor is a text a name that has blanks only.
NOT_BLANK = r"^[^\x00]*[^\x00\s][^\x00]*$"

NotBlank = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=NOT_BLANK)]
Name = Annotated[NotBlank, Field(max_length=200)]
Description = Annotated[str, StringConstraints(max_length=5000, pattern=TEXT)]
Search = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=TEXT)]
# Sound, not complete: only a message that arrives verifies an address.
EMAIL = r"^[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$"
Email = Annotated[str, StringConstraints(to_lower=True, max_length=254, pattern=EMAIL)]
Username = Annotated[
    str,
    StringConstraints(to_lower=True, min_length=2, max_length=50, pattern=r"^[A-Za-z0-9._-]+$"),
]
# The range of a key: nearly the column's, and exact as the float that the description shows.
MAX_ID = 9_200_000_000_000_000_000
Id = Annotated[int, Path(ge=1, le=MAX_ID)]
Key = Annotated[int, Field(ge=1, le=MAX_ID)]
Reference = Annotated[Key, WHOLE_NUMBER]


def unique(keys: list[int]) -> list[int]:
    """Return the keys. Raises a validation error where one is there twice."""
    if len(set(keys)) < len(keys):
        raise PydanticCustomError("not_unique", "Each can be there only once")
    return keys


# As many as one request can write, each once.
MANY = Field(min_length=1, max_length=100, json_schema_extra={"uniqueItems": True})
Keys = Annotated[list[Key], MANY, AfterValidator(unique)]
References = Annotated[list[Reference], MANY, AfterValidator(unique)]


class RequestBody(BaseModel):
    """A request body. A field that does not exist is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")

    def columns(self) -> dict[str, Any]:
        """Return the columns that this body writes: all of them."""
        return self.model_dump()


class PartialUpdate(RequestBody):
    """A change of some fields. One that is left out keeps its value: its default is never read."""

    def columns(self) -> dict[str, Any]:
        """Return the columns that this body writes: those it names, those set to null included."""
        return self.model_dump(exclude_unset=True)


class BulkIds(BaseModel):
    """Which rows are meant: `?id=1&id=2`."""

    model_config = ConfigDict(extra="forbid")

    id: Keys


class ReadModel(BaseModel):
    """A response made from a row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
    updated_at: datetime
