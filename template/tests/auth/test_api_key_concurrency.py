# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""API keys that are made at the same time as others, or as what ends them all."""

from collections.abc import Generator
from typing import Any

import pytest
from httpx2 import Client
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.keys.schemas import ApiKeyCreate
from app.auth.keys.service import MAX_API_KEYS, ApiKeyService
from app.auth.scopes import Actor
from app.database.engine import build_engine
from app.database.session import build_session_factory
from app.errors import Unauthorized
from app.models import ApiKey
from tests.auth.people import add_person
from tests.auth.user_sessions import add_session
from tests.live import LiveService

PATH = "/auth/api-keys"
BODY: dict[str, Any] = {"name": "a machine", "scopes": []}
AT_ONCE = 8
GONE = 2**62


@pytest.fixture
async def headers(live: LiveService) -> dict[str, str]:
    """What proves a new user of the running service."""
    engine = build_engine(live.app.state.settings)
    async with build_session_factory(engine)() as session:
        person = await add_person(session)
        headers = await add_session(session, live.app, person["id"])
    await engine.dispose()
    return headers


@pytest.fixture
def client(live: LiveService, headers: dict[str, str]) -> Generator[Client]:
    """A client by which the new user is signed in."""
    with Client(base_url=live.client.base_url, headers=headers) as client:
        yield client


async def test_many_who_take_the_last_place_at_once_get_it_once(
    live: LiveService,
    client: Client,
) -> None:
    for _ in range(MAX_API_KEYS - 1):
        client.post(PATH, json=BODY).raise_for_status()

    responses = live.at_once(lambda _: client.post(PATH, json=BODY), AT_ONCE)
    listed = client.get(PATH)

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [201] + [409] * (AT_ONCE - 1)
    assert listed.json()["total"] == MAX_API_KEYS


async def test_a_sign_in_that_ended_while_its_request_waited_makes_no_key(
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    service = ApiKeyService(session, Actor(person["id"], frozenset(), GONE))

    with pytest.raises(Unauthorized):
        await service.create(ApiKeyCreate(name="a machine", scopes=[]))
    statement = select(func.count(ApiKey.id)).where(ApiKey.user_id == person["id"])
    count = await session.scalar(statement)

    assert count == 0
# {% endcall %}
