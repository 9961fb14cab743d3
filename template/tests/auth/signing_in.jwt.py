# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Signing in over HTTP, as a client does it."""

from typing import Any

from httpx2 import AsyncClient, Response

from tests.auth.people import PASSWORD

LOGIN = "/auth/login"


def proof(email: str, password: str = PASSWORD) -> dict[str, str]:
    """Return the body that signs somebody in."""
    return {"email": email, "password": password}


async def sign_in(client: AsyncClient, email: str) -> dict[str, str]:
    """Sign in; return the headers that prove it, for any request and any client."""
    response = await client.post(LOGIN, json=proof(email))
    return proved_by(response)


async def sign_in_for_tokens(client: AsyncClient, email: str) -> dict[str, Any]:
    """Sign in; return the tokens."""
    response = await client.post(LOGIN, json=proof(email))
    response.raise_for_status()
    given: dict[str, Any] = response.json()
    return given


def proved_by(response: Response) -> dict[str, str]:
    """Return the headers that prove the sign-in which a response has begun."""
    return bearer(response.raise_for_status().json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    """Return the headers that send an access token."""
    return {"Authorization": f"Bearer {token}"}
# {% endcall %}
