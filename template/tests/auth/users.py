# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Users of tests: stored with a password, and logged in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

# {% if auth == "jwt" %}
import jwt
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import create_access_token
# {% else %}
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.backend import COOKIE, CSRF_HEADER, csrf_token
from app.auth.tokens import digest_of, new_token
# {% endif %}
from app.models import User, UserCredential, UserSession
from app.models.base import utc_now
from tests.clients import open_client
from tests.factories import user_data

LOGIN = "/auth/login"
PASSWORD = "seven green boats on a lake"
ANOTHER_PASSWORD = "three loud owls in a barn"
# Real hashes, as cheap as those of the service under test.
HASHER = PasswordHasher(time_cost=1, memory_cost=32)


async def add_user(session: AsyncSession, **fields: Any) -> dict[str, Any]:
    """Store a user who can log in by PASSWORD; fields are columns of either table."""
    columns = {"email_verified_at": utc_now(), "password_hash": HASHER.hash(PASSWORD)} | fields
    of_credential = {
        name: columns.pop(name) for name in [*columns] if name in UserCredential.__table__.c
    }
    user = User(**user_data(**columns))
    session.add(user)
    await session.flush()
    session.add(UserCredential(user_id=user.id, **of_credential))
    await session.commit()
    return {"id": user.id, "username": user.username, "email": user.email}


@asynccontextmanager
async def member_client(
    app: FastAPI,
    session: AsyncSession,
    user_id: int,
) -> AsyncGenerator[AsyncClient]:
    """Open a client with a session of a user."""
    headers = await add_session(session, app, user_id)
    async with open_client(app, headers) as client:
        yield client


def login_body(email: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password}


# {% if auth == "jwt" %}
async def add_session(session: AsyncSession, app: FastAPI, user_id: int) -> dict[str, str]:
    """Store a session of a user; return the headers that authenticate it."""
    expires_at = utc_now() + timedelta(hours=1)
    user_session = UserSession(user_id=user_id, client="tests", expires_at=expires_at)
    session.add(user_session)
    await session.commit()
    return bearer(create_access_token(app.state.settings, user_id, user_session.id))


async def login(client: AsyncClient, email: str) -> dict[str, str]:
    """Log in; return the headers of the session, for any request and any client."""
    response = await client.post(LOGIN, json=login_body(email))
    return session_headers(response)


async def login_for_tokens(client: AsyncClient, email: str) -> dict[str, Any]:
    """Log in; return the tokens."""
    response = await client.post(LOGIN, json=login_body(email))
    tokens: dict[str, Any] = response.raise_for_status().json()
    return tokens


def session_headers(response: Response) -> dict[str, str]:
    """Headers of the session that a response has created."""
    return bearer(response.raise_for_status().json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    """Header that sends an access token."""
    return {"Authorization": f"Bearer {token}"}


def claims_of(token: str) -> dict[str, Any]:
    """Claims of an access token."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def token_status(client: AsyncClient, token: str) -> int:
    """Status of a request with an access token; every refusal reads the same."""
    response = await client.get("/auth/me", headers=bearer(token))
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json()["detail"] == "This access token is invalid or expired."
    return response.status_code
# {% else %}
async def add_session(session: AsyncSession, app: FastAPI, user_id: int) -> dict[str, str]:
    """Store a session of a user; return the headers that authenticate it."""
    secret = new_token()
    user_session = UserSession(user_id=user_id, digest=digest_of(secret), client="tests")
    user_session.expires_at = utc_now() + timedelta(hours=app.state.settings.session_hours)
    session.add(user_session)
    await session.commit()
    return cookie(secret) | {CSRF_HEADER: csrf_token(secret)}


async def login(client: AsyncClient, email: str) -> dict[str, str]:
    """Log in; return the headers of the session, for any request and any client.

    The client itself forgets the cookie: only a test that names it sends it.
    """
    response = await client.post(LOGIN, json=login_body(email))
    client.cookies.clear()
    return session_headers(response)


def session_headers(response: Response) -> dict[str, str]:
    """Headers of the session that a response has created."""
    response.raise_for_status()
    return cookie(response.cookies[COOKIE]) | {CSRF_HEADER: response.json()["csrf_token"]}


def cookie(secret: str) -> dict[str, str]:
    """Header that sends a session cookie."""
    return {"Cookie": f"{COOKIE}={secret}"}
# {% endif %}
# {% endcall %}
