# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys: shown once, listed and deleted by their user, valid until they expire."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Client
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.api_keys import MAX_API_KEYS, ApiKeyService
from app.auth.schemas import ApiKeyCreate
from app.auth.scopes import Actor, Scope
from app.auth.tokens import digest_of
from app.database.engine import build_engine
from app.database.session import build_session_factory
from app.errors import Unauthorized
from app.models import ApiKey, Role, User
from app.models.base import utc_now
from tests.auth.users import add_session, add_user, member_client
from tests.clients import open_client
from tests.live import LiveService
from tests.query_counter import SAVEPOINTS, count_queries

PATH = "/auth/api-keys"
KEY = "a key that one test knows"
# The routes of API keys refuse API keys: 403 means that the key itself is valid.
VALID, INVALID = 403, 401
UNKNOWN = 2**62
AT_ONCE = 8


@pytest.fixture
async def staff(app: FastAPI, session: AsyncSession) -> AsyncGenerator[AsyncClient]:
    """A client with a session of a staff user."""
    user = await add_user(session, role=Role.STAFF)
    async with member_client(app, session, user["id"]) as client:
        yield client


@pytest.fixture
async def member(app: FastAPI, session: AsyncSession) -> AsyncGenerator[AsyncClient]:
    """A client with a session of a member."""
    user = await add_user(session)
    async with member_client(app, session, user["id"]) as client:
        yield client


def key_data(**fields: Any) -> dict[str, Any]:
    return dict[str, Any](name="a script", scopes=[]) | fields


async def create_key(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.post(PATH, json=key_data(**fields))
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created


async def test_a_new_key_is_in_the_response_and_in_no_cache(staff: AsyncClient) -> None:
    response = await staff.post(PATH, json=key_data(scopes=[Scope.USERS], expires_in_days=30))

    created = response.json()
    age = datetime.fromisoformat(created["expires_at"]) - datetime.fromisoformat(
        created["created_at"],
    )
    assert response.status_code == 201
    assert response.headers["Location"] == f"{PATH}/{created['id']}"
    assert response.headers["Cache-Control"] == "no-store"
    assert created["key"].startswith(created["prefix"])
    assert (created["scopes"], created["last_used_at"]) == ([Scope.USERS], None)
    assert age == timedelta(days=30)


async def test_the_list_shows_the_prefix_of_a_key_and_never_the_key(member: AsyncClient) -> None:
    first = await create_key(member, name="first")
    second = await create_key(member, name="second", expires_in_days=1)

    response = await member.get(PATH)

    keys = {created.pop("key") for created in (first, second)}
    assert response.json()["items"] == [first, second]
    assert all(key not in response.text for key in keys)
    assert {key[:8] for key in keys} == {first["prefix"], second["prefix"]}


async def test_only_the_digest_of_a_key_is_stored(
    member: AsyncClient,
    session: AsyncSession,
) -> None:
    created = await create_key(member)

    stored = await session.scalar(select(ApiKey).where(ApiKey.id == created["id"]))

    assert stored is not None
    columns = {name: f"{value}" for name, value in vars(stored).items()}
    assert columns["digest"] == digest_of(created["key"])
    assert [name for name, value in columns.items() if created["key"] in value] == []


async def test_a_key_does_not_expire_by_default(member: AsyncClient) -> None:
    created = await create_key(member)

    assert created["expires_at"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_in_days": 0},
        {"expires_in_days": 367},
        {"expires_in_days": "30"},
        {"expires_in_days": True},
        {"name": " "},
        {"name": "x" * 101},
        {"scopes": ["everything"]},
        {"scopes": [Scope.USERS, Scope.USERS]},
        {"user_id": 1},
        {"key": "chosen"},
        {"prefix": "chosen"},
    ],
)
async def test_an_invalid_field_of_a_new_key_is_422(
    staff: AsyncClient,
    fields: dict[str, Any],
) -> None:
    response = await staff.post(PATH, json=key_data(**fields))

    assert response.status_code == 422
    assert [error["loc"][1] for error in response.json()["errors"]] == list(fields)


async def test_a_key_cannot_have_a_scope_that_its_user_lacks(member: AsyncClient) -> None:
    response = await member.post(PATH, json=key_data(scopes=[Scope.USERS]))
    listed = await member.get(PATH)

    assert response.status_code == 422
    assert Scope.USERS in response.json()["detail"]
    assert listed.json()["total"] == 0


async def test_one_key_above_the_maximum_is_409(member: AsyncClient) -> None:
    first = await create_key(member)
    for _ in range(MAX_API_KEYS - 1):
        await create_key(member)

    refused = await member.post(PATH, json=key_data())
    await member.delete(f"{PATH}/{first['id']}")
    accepted = await member.post(PATH, json=key_data())

    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert f"{MAX_API_KEYS}" in refused.json()["detail"]


async def test_a_deleted_key_is_refused_at_once(app: FastAPI, member: AsyncClient) -> None:
    created = await create_key(member)

    async with open_client(app) as api_client:
        api_client.headers["X-API-Key"] = created["key"]
        before = await api_client.get(PATH)
        response = await member.delete(f"{PATH}/{created['id']}")
        after = await api_client.get(PATH)
    listed = await member.get(PATH)

    assert response.status_code == 204
    assert (before.status_code, after.status_code) == (403, 401)
    assert listed.json()["total"] == 0


async def test_the_key_of_another_user_is_404(
    staff: AsyncClient,
    member: AsyncClient,
) -> None:
    created = await create_key(member)
    path = f"{PATH}/{created['id']}"

    refused = await staff.delete(path)
    unknown = await staff.delete(f"{PATH}/{UNKNOWN}")
    own = await staff.get(PATH)
    others = await member.get(PATH)

    assert (refused.status_code, unknown.status_code) == (404, 404)
    assert refused.json()["detail"] == f"API key {created['id']} does not exist."
    assert own.json()["total"] == 0
    assert others.json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/1")],
)
async def test_an_api_key_cannot_manage_keys(
    staff_client: AsyncClient,
    method: str,
    path: str,
) -> None:
    # This client sends an API key.
    body = key_data() if method == "POST" else None

    response = await staff_client.request(method, path, json=body)

    assert response.status_code == 403
    assert "API key" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/1")],
)
async def test_an_anonymous_client_cannot_manage_keys(app: FastAPI, method: str, path: str) -> None:
    async with open_client(app) as client:
        response = await client.request(method, path, json=key_data() if method == "POST" else None)

    assert response.status_code == 401


async def add_key(session: AsyncSession, **fields: Any) -> int:
    """Store a key for a new user; return the id of the user."""
    user = await add_user(session)
    columns: dict[str, Any] = {"digest": digest_of(KEY), "prefix": KEY[:8], "scopes": []}
    session.add(ApiKey(user_id=user["id"], name="a script", **columns | fields))
    await session.commit()
    user_id: int = user["id"]
    return user_id


async def use(app: FastAPI, key: str = KEY) -> int:
    """Send a request with a key; return the status."""
    async with open_client(app) as client:
        response = await client.get(PATH, headers={"X-API-Key": key})
    return response.status_code


async def last_use(session: AsyncSession) -> datetime | None:
    statement = select(ApiKey.last_used_at).where(ApiKey.digest == digest_of(KEY))
    return await session.scalar(statement)


async def test_an_unknown_key_is_401(app: FastAPI) -> None:
    status = await use(app)

    assert status == INVALID


@pytest.mark.parametrize("key", ["", " ", "x" * 5000, "%00", "' OR ''='", digest_of(KEY)])
async def test_a_hostile_key_is_401(app: FastAPI, session: AsyncSession, key: str) -> None:
    await add_key(session)

    status = await use(app, key)

    assert status == INVALID


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(minutes=-1), VALID), (timedelta(), INVALID), (timedelta(days=1), INVALID)],
    ids=["valid", "now", "expired"],
)
async def test_an_expired_key_is_401(
    app: FastAPI,
    session: AsyncSession,
    age: timedelta,
    status: int,
) -> None:
    await add_key(session, expires_at=utc_now() - age)

    found = await use(app)

    assert found == status


@pytest.mark.parametrize("fields", [{"is_active": False}, {"deleted_at": utc_now()}])
async def test_the_key_of_an_inactive_or_deleted_user_is_401(
    app: FastAPI,
    session: AsyncSession,
    fields: dict[str, Any],
) -> None:
    user_id = await add_key(session)
    before = await use(app)
    await session.execute(update(User).where(User.id == user_id).values(**fields))
    await session.commit()

    after = await use(app)

    assert (before, after) == (VALID, INVALID)


async def test_the_last_use_is_stored_even_if_the_request_is_refused(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    await add_key(session)
    started = utc_now()
    before = await last_use(session)

    await use(app)
    after = await last_use(session)

    assert before is None
    assert after is not None
    assert started <= after <= utc_now()


@pytest.mark.parametrize(
    ("age", "written"),
    [(timedelta(seconds=50), False), (timedelta(seconds=70), True)],
    ids=["within a minute", "after a minute"],
)
async def test_the_last_use_is_written_at_most_once_a_minute(
    app: FastAPI,
    session: AsyncSession,
    age: timedelta,
    *,
    written: bool,
) -> None:
    used = utc_now() - age
    await add_key(session, last_used_at=used)

    with count_queries(app, SAVEPOINTS) as statements:
        await use(app)
    after = await last_use(session)

    assert (after != used) == written
    assert len(statements) == 1 + written, "\n".join(statements)


def test_a_key_works_for_many_simultaneous_requests(live: LiveService) -> None:
    responses = live.at_once(lambda _: live.staff_client.get(PATH), 20)

    assert [response.status_code for response in responses] == [VALID] * 20


@pytest.fixture
async def headers(live: LiveService) -> dict[str, str]:
    """Headers of a session of a new user of the running service."""
    engine = build_engine(live.app.state.settings)
    async with build_session_factory(engine)() as session:
        user = await add_user(session)
        headers = await add_session(session, live.app, user["id"])
    await engine.dispose()
    return headers


@pytest.fixture
async def live_client(live: LiveService, headers: dict[str, str]) -> AsyncGenerator[Client]:
    """A client with a session of the new user."""
    with Client(base_url=live.client.base_url, headers=headers) as client:
        yield client


async def test_only_one_of_many_simultaneous_requests_creates_the_last_key(
    live: LiveService,
    live_client: Client,
) -> None:
    for _ in range(MAX_API_KEYS - 1):
        live_client.post(PATH, json=key_data()).raise_for_status()

    responses = live.at_once(lambda _: live_client.post(PATH, json=key_data()), AT_ONCE)
    listed = live_client.get(PATH)

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [201] + [409] * (AT_ONCE - 1)
    assert listed.json()["total"] == MAX_API_KEYS


async def test_a_session_revoked_during_its_request_creates_no_key(
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    actor = Actor(user["id"], frozenset(), UNKNOWN)

    with pytest.raises(Unauthorized):
        await ApiKeyService(session).create(actor, ApiKeyCreate(name="a script", scopes=[]))
    statement = select(func.count(ApiKey.id)).where(ApiKey.user_id == user["id"])
    count = await session.scalar(statement)

    assert count == 0
# {% endcall %}
