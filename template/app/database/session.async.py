"""The session: one request, one transaction, committed before the response leaves."""

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
    """Give the app its engine and its sessions. Nothing connects yet."""
    app.state.engine = build_engine(settings)
    app.state.sessions = build_session_factory(app.state.engine)


async def close_database(app: FastAPI) -> None:
    """Close the connections that are open."""
    await app.state.engine.dispose()


def build_session_factory(bind: AsyncEngine | AsyncConnection) -> SessionFactory:
    """Return the session factory of this process.

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
    """Give a request its session: commit when the route has returned, roll back on any error.

    Nothing else commits. Leaving `async with` by an exception is what rolls back.
    """
    async with _open_session(request) as session:
        yield session
        await session.flush()
        # Where the connection is lost from here on, nobody knows whether the change was stored.
        request.state.commit_sent = True
        await session.commit()


def _open_session(request: Request) -> AsyncSession:
    sessions: SessionFactory = request.app.state.sessions
    # {% if dialect.single_writer %}
    # Who only reads must not queue for the write lock; engine.py looks at this option.
    if request.method in {"GET", "HEAD"}:
        return sessions(execution_options={"read_only": True})
    # {% endif %}
    return sessions()
