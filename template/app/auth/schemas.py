"""Request and response bodies of authentication."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Secret, StringConstraints

from app.auth.passwords import MAX_PASSWORD_LENGTH
from app.auth.scopes import Scope
from app.models import Role
from app.schemas import (
    NOT_BLANK,
    WHOLE_NUMBER,
    Description,
    Email,
    Name,
    PartialUpdate,
    ReadModel,
    RequestBody,
    Username,
    unique,
)

# A secret is shown as stars wherever it is printed. The policy is in app/auth/passwords.py.
Password = Secret[Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_LENGTH)]]
Token = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
KeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NOT_BLANK),
]
KeyScopes = Annotated[
    list[Scope],
    Field(max_length=len(Scope), json_schema_extra={"uniqueItems": True}),
    AfterValidator(unique),
]
Days = Annotated[int, Field(ge=1, le=366), WHOLE_NUMBER]


class Accepted(BaseModel):
    """Response that does not reveal whether an email has an account."""

    detail: str


class EmailRequest(RequestBody):
    """Email address to write to."""

    email: Email


class LoginRequest(RequestBody):
    """Email and password."""

    email: Email
    password: Password


class Registration(RequestBody):
    """Account to create. Role and status are not the client's to choose."""

    username: Username
    email: Email
    password: Password
    full_name: Name | None = None


class VerificationRequest(RequestBody):
    """Token of a verification email."""

    token: Token


class PasswordReset(RequestBody):
    """Token of a reset email, and the new password."""

    token: Token
    password: Password


class ProfileRead(ReadModel):
    """The current user, with the scopes of this request."""

    username: str
    email: str
    full_name: str | None
    bio: str | None
    role: Role
    scopes: list[Scope]


class ProfileUpdate(PartialUpdate):
    """Fields that users change themselves."""

    full_name: Name | None = None
    bio: Description | None = None


class PasswordChange(RequestBody):
    """Current password and new password."""

    current_password: Password
    new_password: Password


class Deactivation(RequestBody):
    """Current password: an unattended browser must not be enough to close an account."""

    password: Password


class SessionRead(BaseModel):
    """A session of the current user, with the user agent of its client."""

    id: int
    client: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    # Whether this request belongs to it.
    current: bool


class ApiKeyCreate(RequestBody):
    """API key to create. Without `expires_in_days` it does not expire."""

    name: KeyName
    scopes: KeyScopes
    expires_in_days: Days | None = None


class ApiKeyRead(BaseModel):
    """An API key without its secret; the prefix tells keys apart."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    """A new API key with its secret, which is shown only once."""

    key: str
