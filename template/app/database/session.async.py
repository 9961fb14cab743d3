"""Session: one request, one transaction, committed before the response is sent."""

from collections.abc import AsyncGenerator

from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

# {% if example == "shop" %}
from app.audit import AuditedSession
# {% endif %}
from app.config import Settings
from app.database.engine import build_engine

SessionFactory = async_sessionmaker[AsyncSession]


def open_database(app: FastAPI, settings: Settings) -> None:
    """Create the engine and the session factory of the app. Nothing connects yet."""
    app.state.engine = build_engine(settings)
    app.state.sessions = build_session_factory(app.state.engine)


async def close_database(app: FastAPI) -> None:
    """Close all connections."""
    await app.state.engine.dispose()


def build_session_factory(bind: AsyncEngine | AsyncConnection) -> SessionFactory:
    """Session factory of this process.

    close_resets_only=False: work that outlives its request must open a session of its own. A
    closed session that silently opened again would lose what is written to it.
    """
    return async_sessionmaker(
        bind,
        # {% if example == "shop" %}
        sync_session_class=AuditedSession,
        # {% endif %}
        expire_on_commit=False,
        close_resets_only=False,
    )


async def get_session(request: Request) -> AsyncGenerator[AsyncSession]:
    """Session of a request: commit after the route has returned, roll back on any error.

    Nothing else commits. Leaving `async with` by an exception is what rolls back.
    """
    async with _open_session(request) as session:
        yield session
        await session.flush()
        # If the connection is lost from here on, it is unknown whether the change was stored.
        request.state.commit_sent = True
        await session.commit()


def _open_session(request: Request) -> AsyncSession:
    sessions: SessionFactory = request.app.state.sessions
    return {{ 'read_session(sessions) if request.method in {"GET", "HEAD"} else sessions()' if dialect.single_writer else "sessions()" }}
# {% if auth != "none" or dialect.single_writer %}


def read_session(sessions: SessionFactory) -> AsyncSession:
    """Open a session that only reads. Use it as a context manager."""
    return sessions({{ 'execution_options={"read_only": True}' if dialect.single_writer else "" }})
# {% endif %}
