# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys over HTTP: made once, shown once, listed and ended by whom they belong to."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.keys.service import MAX_API_KEYS
from app.auth.scopes import Scope
from app.auth.tokens import digest_of
from app.models import ApiKey, Role
from tests.auth.people import add_person, anonymous, signed_in

PATH = "/auth/api-keys"
NOBODY = 2**62


@pytest.fixture
async def staff(app: FastAPI, session: AsyncSession) -> AsyncGenerator[AsyncClient]:
    """A client by which somebody of the staff is signed in."""
    person = await add_person(session, role=Role.STAFF)
    async with signed_in(app, session, person["id"]) as client:
        yield client


@pytest.fixture
async def member(app: FastAPI, session: AsyncSession) -> AsyncGenerator[AsyncClient]:
    """A client by which a member is signed in."""
    person = await add_person(session)
    async with signed_in(app, session, person["id"]) as client:
        yield client


def key_data(**fields: Any) -> dict[str, Any]:
    return dict[str, Any](name="a machine", scopes=[]) | fields


async def create_key(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await client.post(PATH, json=key_data(**fields))
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created


async def test_a_key_is_in_the_answer_that_makes_it_and_in_no_cache(staff: AsyncClient) -> None:
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


async def test_a_list_shows_how_a_key_begins_and_never_the_key(member: AsyncClient) -> None:
    first = await create_key(member, name="first")
    second = await create_key(member, name="second", expires_in_days=1)

    response = await member.get(PATH)

    keys = {created.pop("key") for created in (first, second)}
    assert response.json()["items"] == [first, second]
    assert all(key not in response.text for key in keys)
    assert {key[:8] for key in keys} == {first["prefix"], second["prefix"]}


async def test_of_a_key_only_its_digest_is_stored(
    member: AsyncClient,
    session: AsyncSession,
) -> None:
    created = await create_key(member)

    stored = await session.scalar(select(ApiKey).where(ApiKey.id == created["id"]))

    assert stored is not None
    columns = {name: f"{value}" for name, value in vars(stored).items()}
    assert columns["digest"] == digest_of(created["key"])
    assert [name for name, value in columns.items() if created["key"] in value] == []


async def test_a_key_has_no_end_unless_it_is_given_one(member: AsyncClient) -> None:
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
async def test_a_key_against_the_rules_is_422_and_the_field_named(
    staff: AsyncClient,
    fields: dict[str, Any],
) -> None:
    response = await staff.post(PATH, json=key_data(**fields))

    assert response.status_code == 422
    assert [error["loc"][1] for error in response.json()["errors"]] == list(fields)


async def test_a_scope_that_its_maker_lacks_is_422_and_named(member: AsyncClient) -> None:
    response = await member.post(PATH, json=key_data(scopes=[Scope.USERS]))
    listed = await member.get(PATH)

    assert response.status_code == 422
    assert Scope.USERS in response.json()["detail"]
    assert listed.json()["total"] == 0


async def test_one_key_more_than_a_user_can_have_is_409(member: AsyncClient) -> None:
    first = await create_key(member)
    for _ in range(MAX_API_KEYS - 1):
        await create_key(member)

    refused = await member.post(PATH, json=key_data())
    await member.delete(f"{PATH}/{first['id']}")
    accepted = await member.post(PATH, json=key_data())

    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert f"{MAX_API_KEYS}" in refused.json()["detail"]


async def test_a_key_that_is_deleted_ends_at_once(app: FastAPI, member: AsyncClient) -> None:
    created = await create_key(member)

    async with anonymous(app) as machine:
        machine.headers["X-API-Key"] = created["key"]
        before = await machine.get(PATH)
        response = await member.delete(f"{PATH}/{created['id']}")
        after = await machine.get(PATH)
    listed = await member.get(PATH)

    assert response.status_code == 204
    assert (before.status_code, after.status_code) == (403, 401)
    assert listed.json()["total"] == 0


async def test_the_key_of_somebody_else_is_not_there(
    staff: AsyncClient,
    member: AsyncClient,
) -> None:
    created = await create_key(member)
    path = f"{PATH}/{created['id']}"

    refused = await staff.delete(path)
    unknown = await staff.delete(f"{PATH}/{NOBODY}")
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
async def test_a_key_cannot_manage_keys(client: AsyncClient, method: str, path: str) -> None:
    # The tests' own client acts by an API key.
    response = await client.request(method, path, json=key_data() if method == "POST" else None)

    assert response.status_code == 403
    assert "API key" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/1")],
)
async def test_nobody_cannot_manage_keys(app: FastAPI, method: str, path: str) -> None:
    async with anonymous(app) as client:
        response = await client.request(method, path, json=key_data() if method == "POST" else None)

    assert response.status_code == 401
# {% endcall %}
