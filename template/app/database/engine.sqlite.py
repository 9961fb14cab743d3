# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Engine: SQLite with many readers and one writer at a time."""

# {% if concurrency == "async" %}
import operator

# {% endif %}
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Settings
from app.database.diagnostics import add_diagnostics
from app.database.pool import pool_arguments

# WAL lets readers continue during a write; with it NORMAL survives a power cut.
PRAGMAS = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL")


def build_engine(settings: Settings) -> AsyncEngine:
    """Engine of this process. It connects on first use."""
    engine = create_async_engine(
        settings.database_url,
        connect_args={"timeout": settings.database_lock_timeout},
        **pool_arguments(settings),
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", begin)
    # {% if concurrency == "async" %}
    event.listen(engine.sync_engine, "invalidate", _interrupt)
    # {% endif %}
    add_diagnostics(engine.sync_engine, settings)
    return engine


def disable_driver_begin(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Leave BEGIN to `begin`: the driver's own would start too late to prevent lost updates."""
    connection.isolation_level = None


def _set_up(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    disable_driver_begin(connection, record)
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin(connection: Connection) -> None:
    """Take the write lock at once, unless the request only reads.

    A transaction that reads first and asks for the lock later fails with "database is locked" as
    soon as another transaction has written in between; waiting at the start never does.
    """
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


# {% if concurrency == "async" %}
def _interrupt(connection: DBAPIConnection, *_rest: object) -> None:
    """Stop a cancelled query. Otherwise its thread would go on and keep the write lock."""
    connection.run_async(operator.methodcaller("interrupt"))


# {% endif %}
# {% endcall %}
