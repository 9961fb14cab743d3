# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The engine: {{ dialect.label }} in UTC and utf8mb4, with every wait bounded."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial

from alembic.util import CommandError
# {% if concurrency == "async" %}
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
# {% else %}
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
# {% endif %}

from app.config import Settings
from app.database.pool import pool_arguments

# One lock for each database: the server has one list of locks for all of them.
MIGRATION_LOCK = "SHA2(CONCAT(DATABASE(), ' migrations'), 256)"
TABLE_LOCK_TIMEOUT = 1


def build_engine(settings: Settings) -> AsyncEngine:
    """Return the one engine of this process. It connects when first used.

    READ COMMITTED, so that a row somebody else has just committed can be read again after a
    duplicate key, and so that fewer gaps are locked.
    """
    engine = create_async_engine(
        settings.database_url,
        isolation_level="READ COMMITTED",
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": settings.database_connect_timeout,
        },
        **pool_arguments(settings),
    )
    event.listen(engine.sync_engine, "connect", partial(_set_up, settings))
    # {% if concurrency == "async" %}
    event.listen(engine.sync_engine, "checkout", _refuse_a_closed_connection)
    # {% endif %}
    return engine


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: one connection, no limit on how long a statement takes."""
    return create_engine(
        settings.migration_url,
        poolclass=NullPool,
        connect_args={"charset": "utf8mb4", "init_command": "SET time_zone = '+00:00'"},
    )


@contextmanager
def exclusive_migration(connection: Connection, settings: Settings) -> Generator[None]:
    """Let one process migrate at a time: the others wait here, and then find nothing to do.

    After that no statement waits long for a table, because everybody behind it would wait as well:
    it is better to fail, and to run the migration again. Raises CommandError after a vain wait.
    """
    seconds = f"{settings.database_migration_timeout:.0f}"
    locked = connection.exec_driver_sql(f"SELECT GET_LOCK({MIGRATION_LOCK}, {seconds})").scalar()
    if locked != 1:
        raise CommandError("another process is migrating this database; try again later")
    connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {TABLE_LOCK_TIMEOUT}")
    yield
    connection.exec_driver_sql(f"DO RELEASE_LOCK({MIGRATION_LOCK})")


def _set_up(settings: Settings, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set zone and time-outs on the server: a forgotten lock must not stop the whole service."""
    statement_timeout = {{ dialect.limit.value }}
    cursor = connection.cursor()
    cursor.execute("SET time_zone = '+00:00'")
    cursor.execute(f"SET innodb_lock_wait_timeout = {settings.database_lock_timeout:.0f}")
    cursor.execute(f"SET {{ dialect.limit.variable }} = {statement_timeout:.0f}")
    cursor.close()


# {% if concurrency == "async" %}
def _refuse_a_closed_connection(
    connection: DBAPIConnection,
    _record: ConnectionPoolEntry,
    _proxy: PoolProxiedConnection,
) -> None:
    """Replace a connection that the server closed while it was idle.

    Under uvloop a ping on such a connection succeeds, so pre-ping alone would not notice; and the
    driver has no public way to ask.
    """
    if connection.driver_connection._reader.at_eof():  # noqa: SLF001
        raise exc.DisconnectionError


# {% endif %}
# {% endcall %}
