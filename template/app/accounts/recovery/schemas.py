"""What recovery takes over HTTP."""

from app.accounts.schemas import Password, Token
from app.schemas import Body


class Reset(Body):
    """A new password, and what was sent to an address to prove it."""

    token: Token
    password: Password
