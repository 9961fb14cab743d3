# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The engine: PostgreSQL through psycopg, with every wait bounded."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.config import Settings
from app.database.pool import pool_arguments

# Any number will do, as long as every process of this service uses the same one.
MIGRATION_LOCK = 7_201_954
TABLE_LOCK_TIMEOUT = "1s"


def build_engine(settings: Settings) -> AsyncEngine:
    """Return the one engine of this process. It connects when first used."""
    engine = create_async_engine(
        settings.database_url,
        connect_args=_connect_arguments(settings),
        **pool_arguments(settings),
    )
    if settings.database_pool_profile == "none":
        _limit_each_transaction(engine.sync_engine, settings)
    return engine


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: one connection, no limit on how long a statement takes."""
    return create_engine(settings.migration_url, poolclass=NullPool)


@contextmanager
def exclusive_migration(connection: Connection, settings: Settings) -> Generator[None]:
    """Let one process migrate at a time: the others wait here, and then find nothing to do.

    After that no statement waits long for a table, because everybody behind it would wait as well:
    it is better to fail, and to run the migration again.
    """
    timeout = f"{settings.database_migration_timeout * 1000:.0f}ms"
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{timeout}'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TABLE_LOCK_TIMEOUT}'")
    yield


def _connect_arguments(settings: Settings) -> dict[str, Any]:
    """Return what psycopg is told when it connects.

    Without a pool of its own the service may sit behind PgBouncer, which hands each transaction
    another server connection: prepared statements would be missing there, and options at start-up
    are refused.
    """
    arguments: dict[str, Any] = {"connect_timeout": settings.database_connect_timeout}
    if settings.database_pool_profile == "none":
        return arguments | {"prepare_threshold": None}
    options = [f"-c {name}={value}" for name, value in _limits(settings).items()]
    # Notice a client that has gone, and stop working for it.
    options.append("-c client_connection_check_interval=1s")
    return arguments | {"options": " ".join(options)}


def _limits(settings: Settings) -> dict[str, str]:
    """Return the server's own time-outs: a forgotten lock must not stop the whole service."""
    statement = f"{settings.database_statement_timeout * 1000:.0f}ms"
    lock = f"{settings.database_lock_timeout * 1000:.0f}ms"
    return {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": statement,
    }


def _limit_each_transaction(engine: Engine, settings: Settings) -> None:
    """Set the limits inside each transaction, where PgBouncer lets them through."""
    calls = [f"set_config('{name}', '{value}', true)" for name, value in _limits(settings).items()]
    statement = f"SELECT {', '.join(calls)}"

    @event.listens_for(engine, "begin")
    def set_limits(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(statement)


# {% endcall %}
