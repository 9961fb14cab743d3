# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The engine: SQLite set up for a service, with many readers and one writer at a time."""

# {% if concurrency == "async" %}
import operator
# {% endif %}
from collections.abc import Generator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Settings
from app.database.pool import pool_arguments

# WAL lets readers go on while somebody writes; NORMAL is safe with it, a power cut included.
PRAGMAS = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL")


def build_engine(settings: Settings) -> AsyncEngine:
    """Return the one engine of this process. It connects when first used."""
    engine = create_async_engine(
        settings.database_url,
        connect_args={"timeout": settings.database_lock_timeout},
        **pool_arguments(settings),
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    # {% if concurrency == "async" %}
    event.listen(engine.sync_engine, "invalidate", _interrupt)
    # {% endif %}
    return engine


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: without foreign keys, one transaction for all.

    Alembic changes a table by copying and dropping it. With foreign keys on, dropping the old
    table would delete the rows that refer to it.
    """
    engine = create_engine(
        settings.migration_url,
        poolclass=NullPool,
        connect_args={"timeout": settings.database_migration_timeout},
    )
    event.listen(engine, "connect", _begin_by_hand)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def exclusive_migration(connection: Connection, _settings: Settings) -> Generator[None]:
    """Let one process migrate at a time, which BEGIN IMMEDIATE sees to, and check the result.

    Raises CommandError, and rolls back, where rows refer to others that do not exist.
    """
    yield
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise CommandError(f"rows refer to others that do not exist: {broken[:3]}")


def _begin_by_hand(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Leave BEGIN to `_begin`: the driver's own would start too late to prevent lost updates."""
    connection.isolation_level = None


def _set_up(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    _begin_by_hand(connection, record)
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once, unless the request only reads.

    A transaction that reads first and asks for the lock later fails with "database is locked" as
    soon as somebody else has written in between; waiting for it at the start never does.
    """
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


# {% if concurrency == "async" %}
def _interrupt(
    connection: DBAPIConnection,
    _record: ConnectionPoolEntry,
    _error: BaseException | None,
) -> None:
    """Stop a cancelled query. Otherwise its thread would go on and keep the write lock."""
    connection.run_async(operator.methodcaller("interrupt"))


# {% endif %}
# {% endcall %}
