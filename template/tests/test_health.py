# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Alive is one question, ready is another, and neither tells an anonymous client why."""

import logging
import time
from collections.abc import AsyncGenerator

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.config import Settings
from app.database.engine import build_engine
from app.main import create_app
from tests.databases import unreachable

HEALTH_TIMEOUT = 0.1
POOL_TIMEOUT = 0.8


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[FastAPI]:
    """The application with a pool of one connection."""
    changes = {
        "database_pool_size": 1,
        "database_pool_max_overflow": 0,
        "database_pool_timeout": POOL_TIMEOUT,
        "health_db_enabled": True,
    }
    app = create_app(settings.model_copy(update=changes))
    yield app
    await app.state.engine.dispose()


def lose_database(app: FastAPI) -> None:
    settings: Settings = app.state.settings
    changes = {"database_url": unreachable(settings.database_url)}
    app.state.engine = build_engine(settings.model_copy(update=changes))


async def test_the_root_says_what_this_is_and_where_to_read_on(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    response = await client.get("/")

    assert response.json() == {"name": app.title, "docs": "/docs"}


async def test_the_root_names_no_page_where_there_is_none(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    app.docs_url = None

    response = await client.get("/")

    assert (response.status_code, response.json()["docs"]) == (200, None)


async def test_it_is_alive_without_a_database(app: FastAPI, client: AsyncClient) -> None:
    lose_database(app)

    response = await client.get("/health/live")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


async def test_it_is_ready_when_the_database_answers(client: AsyncClient) -> None:
    response = await client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


async def test_it_is_not_ready_without_a_database_and_only_the_log_says_why(
    app: FastAPI,
    client: AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lose_database(app)

    response = await client.get("/health/ready")

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["detail"] == "The database does not answer."
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.message for record in warnings] == ["the database does not answer"]
    assert warnings[0].exc_info


async def test_it_waits_for_the_database_no_longer_than_the_time_out(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"health_timeout": HEALTH_TIMEOUT})

    async with app.state.engine.connect():
        started = time.monotonic()
        response = await client.get("/health/ready")
        waited = time.monotonic() - started
        # No request waits for this connection any more when it becomes free.
        with pytest.raises(PoolTimeout):
            await app.state.engine.connect()

    assert response.status_code == 503
    assert HEALTH_TIMEOUT <= waited < POOL_TIMEOUT


async def test_the_pool_is_shown_where_it_is_enabled(app: FastAPI, client: AsyncClient) -> None:
    async with app.state.engine.connect():
        response = await client.get("/health/db")

    figures = response.json()
    assert figures.pop("pool").endswith("QueuePool")
    assert figures == {"size": 1, "checked_out": 1, "overflow": 0}


async def test_the_pool_is_hidden_unless_it_is_enabled(app: FastAPI, client: AsyncClient) -> None:
    app.state.settings = app.state.settings.model_copy(update={"health_db_enabled": False})

    response = await client.get("/health/db")

    assert response.status_code == 404
    assert "Pool" not in response.text
# {% endcall %}
