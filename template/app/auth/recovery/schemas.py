"""What recovery takes over HTTP."""

from app.auth.schemas import Password, Token
from app.schemas import RequestBody


class Reset(RequestBody):
    """A new password, and what was sent to an address to prove it."""

    token: Token
    password: Password
