"""What API keys take and give over HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.auth.scopes import Scope
from app.schemas import NOT_BLANK, WHOLE_NUMBER, RequestBody, unique

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NOT_BLANK),
]
Scopes = Annotated[
    list[Scope],
    Field(max_length=len(Scope), json_schema_extra={"uniqueItems": True}),
    AfterValidator(unique),
]
Days = Annotated[int, Field(ge=1, le=366), WHOLE_NUMBER]


class ApiKeyCreate(RequestBody):
    """A new key: what for, what it may do, and for how long. Without days it has no end."""

    name: Label
    scopes: Scopes
    expires_in_days: Days | None = None


class ApiKeyRead(BaseModel):
    """A stored key: enough to recognise it by."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    """A new key and, this once, the key itself."""

    key: str
