"""What login takes and gives over HTTP."""

from pydantic import BaseModel

from app.auth.schemas import Password
from app.schemas import Email, RequestBody


class Login(RequestBody):
    """Who signs in, and what proves it."""

    email: Email
    password: Password


class CsrfToken(BaseModel):
    """What goes along in the header X-CSRF-Token with each request that changes something."""

    csrf_token: str
