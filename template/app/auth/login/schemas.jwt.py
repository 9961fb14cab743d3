"""What login takes and gives over HTTP."""

from typing import Literal

from pydantic import BaseModel, Field

from app.auth.schemas import Password, Token
from app.schemas import Email, RequestBody


class Login(RequestBody):
    """Who signs in, and what proves it."""

    email: Email
    password: Password


class Refresh(RequestBody):
    """What continues a sign-in."""

    refresh_token: Token


class Tokens(BaseModel):
    """What a client sends along, for how many seconds, and what it gets the next ones for."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = Field(default="bearer")
    expires_in: int
