"""What the schemas of several features share. No field takes what the database cannot store."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def _two_decimals(amount: Decimal) -> str:
    return f"{amount:.2f}"


# No text may hold a NUL: PostgreSQL cannot store one.
TEXT = r"^[^\x00]*$"

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=TEXT),
]
Description = Annotated[str, StringConstraints(max_length=5000, pattern=TEXT)]
Search = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=TEXT)]
Slug = Annotated[str, StringConstraints(max_length=200, pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    PlainSerializer(_two_decimals, when_used="json"),
]
# The range of a key, in a path and in a body.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Reference = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Body(BaseModel):
    """A request body. A field that does not exist is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")

    def columns(self) -> dict[str, Any]:
        """Return the columns that this body writes: all of them."""
        return self.model_dump()


class Patch(Body):
    """A change of some fields. One that is left out keeps its value: its default is never read."""

    def columns(self) -> dict[str, Any]:
        """Return the columns that this body writes: those it names, those set to null included."""
        return self.model_dump(exclude_unset=True)


class Stored(BaseModel):
    """A response made from a row."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
    updated_at: datetime
