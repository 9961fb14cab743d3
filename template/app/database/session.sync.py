"""Session: one request, one transaction, committed before the response is sent."""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from typing import Annotated

import anyio
from fastapi import Depends, FastAPI, Request
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

# {% if example == "shop" %}
from app.audit import AuditedSession
# {% endif %}
from app.config import Settings
from app.database.engine import build_engine
from app.database.pool import pool_limits
from app.errors import ServiceBusy

SessionFactory = sessionmaker[Session]


def open_database(app: FastAPI, settings: Settings) -> None:
    """Create the engine and the session factory of the app. Nothing connects yet."""
    app.state.engine = build_engine(settings)
    app.state.sessions = build_session_factory(app.state.engine)
    app.state.session_slots = anyio.Semaphore(sum(pool_limits(settings)))


async def close_database(app: FastAPI) -> None:
    """Close all connections."""
    app.state.engine.dispose()


def build_session_factory(bind: Engine | Connection) -> SessionFactory:
    """Session factory of this process.

    close_resets_only=False: work that outlives its request must open a session of its own. A
    closed session that silently opened again would lose what is written to it.
    """
    return sessionmaker(
        bind,
        # {% if example == "shop" %}
        class_=AuditedSession,
        # {% endif %}
        expire_on_commit=False,
        close_resets_only=False,
    )


@asynccontextmanager
async def turn(slots: anyio.Semaphore, settings: Settings) -> AsyncGenerator[None]:
    """Take one of the slots while the block runs. Raises ServiceBusy after the pool's time-out."""
    try:
        with anyio.fail_after(settings.database_pool_timeout):
            await slots.acquire()
    except TimeoutError:
        raise ServiceBusy from None
    try:
        yield
    finally:
        slots.release()


def slot_dependency(name: str) -> Callable[[Request], AsyncGenerator[None]]:
    """Dependency that takes one of the slots of this name in `app.state` for a request."""

    async def slot(request: Request) -> AsyncGenerator[None]:
        async with turn(request.app.state[name], request.app.state.settings):
            yield

    return slot


# As many requests as the pool has connections; the others wait here. Otherwise they would wait in
# a thread each, until no thread is left for requests that hold a connection to finish, and the
# service stands still.
session_slot = slot_dependency("session_slots")


def get_session(
    request: Request,
    _slot: Annotated[None, Depends(session_slot, scope="function")],
) -> Generator[Session]:
    """Session of a request: commit after the route has returned, roll back on any error.

    Nothing else commits. Leaving `with` by an exception is what rolls back.
    """
    with _open_session(request) as session:
        yield session
        session.flush()
        # If the connection is lost from here on, it is unknown whether the change was stored.
        request.state.commit_sent = True
        session.commit()


def _open_session(request: Request) -> Session:
    sessions: SessionFactory = request.app.state.sessions
    return {{ 'read_session(sessions) if request.method in {"GET", "HEAD"} else sessions()' if dialect.single_writer else "sessions()" }}
# {% if auth != "none" or dialect.single_writer %}


def read_session(sessions: SessionFactory) -> Session:
    """Open a session that only reads. Use it as a context manager."""
    return sessions({{ 'execution_options={"read_only": True}' if dialect.single_writer else "" }})
# {% endif %}
