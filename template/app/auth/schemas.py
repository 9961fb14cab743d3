"""What the routes of accounts share."""

from typing import Annotated

from pydantic import BaseModel, Secret, StringConstraints

from app.auth.policy import MAX_PASSWORD_LENGTH
from app.schemas import Email, RequestBody

# A secret shows as stars wherever it is printed by accident. What else a new password must be,
# app/auth/policy.py tells.
Password = Secret[Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_LENGTH)]]
Token = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]


class Address(RequestBody):
    """Whom to write to."""

    email: Email


class Accepted(BaseModel):
    """The answer to whoever must not learn more than the owner of a mailbox."""

    detail: str
