"""What registration takes over HTTP."""

from app.accounts.schemas import Password, Token
from app.schemas import Body, Email, Name, Username


class Registration(Body):
    """Who wants an account. Everything else about it is for others to decide."""

    username: Username
    email: Email
    password: Password
    full_name: Name | None = None


class Verification(Body):
    """What was sent to an address to prove it."""

    token: Token
