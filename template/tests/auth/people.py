# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""People with accounts, and clients for them: one that is nobody, one that is signed in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User, UserCredential
from app.models.base import utc_now
from tests.auth.user_sessions import add_session
from tests.clients import open_client
from tests.factories import user_data

PASSWORD = "seven green boats on a lake"
ANOTHER_PASSWORD = "three loud owls in a barn"
# Real ones, and cheap as those of the service under test.
hasher = PasswordHasher(time_cost=1, memory_cost=32)


async def add_person(session: AsyncSession, **fields: Any) -> dict[str, Any]:
    """Store a user who may sign in by PASSWORD; fields are columns of either table."""
    columns = {"email_verified_at": utc_now(), "password_hash": hasher.hash(PASSWORD)} | fields
    of_account = {
        name: columns.pop(name) for name in [*columns] if name in UserCredential.__table__.c
    }
    user = User(**user_data(**columns))
    session.add(user)
    await session.flush()
    session.add(UserCredential(user_id=user.id, **of_account))
    await session.commit()
    return {"id": user.id, "username": user.username, "email": user.email}


@asynccontextmanager
async def anonymous(app: FastAPI) -> AsyncGenerator[AsyncClient]:
    """Give a client that nobody is signed in by. It speaks of https, for cookies that need it."""
    async with open_client(app) as client:
        del client.headers["X-API-Key"]
        client.base_url = "https://testserver"
        yield client


@asynccontextmanager
async def signed_in(
    app: FastAPI,
    session: AsyncSession,
    user_id: int,
) -> AsyncGenerator[AsyncClient]:
    """Give a client by which a user is signed in."""
    async with anonymous(app) as client:
        headers = await add_session(session, app, user_id)
        client.headers.update(headers)
        yield client
# {% endcall %}
