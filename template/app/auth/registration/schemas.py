"""What registration takes over HTTP."""

from app.auth.schemas import Password, Token
from app.schemas import Email, Name, RequestBody, Username


class Registration(RequestBody):
    """Who wants an account. Everything else about it is for others to decide."""

    username: Username
    email: Email
    password: Password
    full_name: Name | None = None


class Verification(RequestBody):
    """What was sent to an address to prove it."""

    token: Token
