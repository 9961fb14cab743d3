# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The service under test: real migrations, real sessions, a database of its own per worker."""

import logging
# {% if concurrency == "async" %}
from collections.abc import AsyncGenerator, Generator

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
# {% else %}
from collections.abc import Generator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session
# {% endif %}

from app.config import Settings
from app.database.session import build_session_factory
from app.main import create_app
from tests.clients import open_client
from tests.credentials import STAFF_HEADERS
from tests.databases import check_server, migrated_database
from tests.live import LiveService, serve


def pytest_configure(config: pytest.Config) -> None:
    """Say at once, and only once, when there is no server to test against."""
    if not hasattr(config, "workerinput"):
        check_server()


# {% if concurrency == "async" %}
@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run all async tests in one event loop, because the engine belongs to one."""
    return "asyncio"


# {% endif %}
@pytest.fixture(scope="session")
def settings() -> Generator[Settings]:
    """Settings that point to a fresh, migrated database."""
    with migrated_database() as settings:
        yield settings


@pytest.fixture(scope="session")
def application(settings: Settings) -> FastAPI:
    """The application, built once."""
    return create_app(settings)


@pytest.fixture(scope="session")
async def engine(application: FastAPI) -> AsyncGenerator[AsyncEngine]:
    """The application's own engine."""
    engine: AsyncEngine = application.state.engine
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A connection within a transaction that is rolled back after the test."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
def app(application: FastAPI, connection: AsyncConnection) -> FastAPI:
    """The application, whose sessions commit into the test's transaction only.

    The session dependency itself stays in use: what it commits or rolls back is what a client of
    the running service would see.
    """
    sessions = build_session_factory(connection)
    sessions.configure(join_transaction_mode="create_savepoint")
    application.state.sessions = sessions
    return application


@pytest.fixture
async def session(app: FastAPI) -> AsyncGenerator[AsyncSession]:
    """A session beside those of the requests: it sees what they have committed."""
    async with app.state.sessions() as session:
        yield session


@pytest.fixture
async def client(app: FastAPI) -> AsyncGenerator[AsyncClient]:
    """A client without credentials, which gets responses as over the network."""
    async with open_client(app) as client:
        yield client


@pytest.fixture
async def staff_client(app: FastAPI) -> AsyncGenerator[AsyncClient]:
    """A client that acts as staff, where the service tells its users apart."""
    async with open_client(app, STAFF_HEADERS) as client:
        yield client


@pytest.fixture(autouse=True)
def _logging() -> Generator[None]:
    """Undo what a test does to the log: a command that ran in it wrote to a stream that is gone."""
    logger = logging.getLogger("app")
    handlers = logger.handlers
    yield
    logger.handlers = handlers


@pytest.fixture(scope="session")
def live() -> Generator[LiveService]:
    """The service on a real port with a database of its own: here commits are real."""
    with migrated_database() as settings, serve(create_app(settings)) as live:
        yield live
# {% endcall %}
