# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tokens made by hand, as the service makes them or not quite: libraries refuse the worst ones."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import jwt
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.people import add_person
from tests.auth.signing_in import bearer, sign_in_for_tokens

ME = "/auth/me"


def read(token: str) -> dict[str, Any]:
    """Return what a token says."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def issue(client: AsyncClient, session: AsyncSession) -> dict[str, Any]:
    """Return what a valid token of a new person says."""
    person = await add_person(session)
    given = await sign_in_for_tokens(client, person["email"])
    return read(given["access_token"])


def own_key(app: FastAPI) -> tuple[str, str]:
    """Return the id and the secret that the service signs with."""
    key_id, secret = next(iter(app.state.settings.jwt_keys.items()))
    return key_id, secret.get_secret_value()


def forge(
    app: FastAPI,
    claims: Any,
    *,
    secret: str | None = None,
    digest: str = "sha256",
    **header: Any,
) -> str:
    """Return a token that is signed as the service does it, unless told otherwise."""
    key_id, own = own_key(app)
    told = {"alg": "HS256", "kid": key_id, "typ": "at+jwt"} | header
    signed = f"{segment(told)}.{segment(claims)}"
    signature = hmac.digest((secret or own).encode(), signed.encode(), digest)
    return f"{signed}.{encoded(signature)}"


def segment(value: object) -> str:
    """Return a part of a token."""
    return encoded(json.dumps(value).encode())


def encoded(value: bytes) -> str:
    """Return bytes as tokens hold them."""
    return urlsafe_b64encode(value).decode().rstrip("=")


async def status_of(client: AsyncClient, token: str) -> int:
    """Return how the service answers to a token. Each refusal is told in the same way."""
    response = await client.get(ME, headers=bearer(token))
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json()["detail"] == "This access token is not valid, or no longer."
    return response.status_code
# {% endcall %}
