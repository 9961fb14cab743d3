"""What users take and give over HTTP about their own accounts."""

from pydantic import ConfigDict

from app.auth.schemas import Password
from app.auth.scopes import Scope
from app.models import Role
from app.schemas import Description, Name, PartialUpdate, ReadModel, RequestBody


class Me(ReadModel):
    """Who is asking, and what they may do."""

    model_config = ConfigDict(from_attributes=True)

    username: str
    email: str
    full_name: str | None
    bio: str | None
    role: Role
    scopes: list[Scope]


class ProfileUpdate(PartialUpdate):
    """A change of what users may change about themselves."""

    full_name: Name | None = None
    bio: Description | None = None


class PasswordChange(RequestBody):
    """A new password, and the one that it replaces."""

    current_password: Password
    new_password: Password


class Deactivation(RequestBody):
    """The password, so that nobody ends an account at a desk that was left for a moment."""

    password: Password
