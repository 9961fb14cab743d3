# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in over HTTP, as a browser does it."""

from httpx2 import AsyncClient, Response

from app.auth.credentials import COOKIE
from app.auth.csrf import HEADER
from tests.auth.people import PASSWORD

LOGIN = "/auth/login"


def proof(email: str, password: str = PASSWORD) -> dict[str, str]:
    """Return the body that signs somebody in."""
    return {"email": email, "password": password}


async def sign_in(client: AsyncClient, email: str) -> dict[str, str]:
    """Sign in; return the headers that prove it, for any request and any client.

    The client itself forgets the cookie, so that it is sent where a test says so only.
    """
    response = await client.post(LOGIN, json=proof(email))
    client.cookies.clear()
    return proved_by(response)


def proved_by(response: Response) -> dict[str, str]:
    """Return the headers that prove the sign-in which a response has begun."""
    response.raise_for_status()
    return cookie(response.cookies[COOKIE]) | {HEADER: response.json()["csrf_token"]}


def cookie(secret: str) -> dict[str, str]:
    """Return the header that sends a cookie."""
    return {"Cookie": f"{COOKIE}={secret}"}
# {% endcall %}
