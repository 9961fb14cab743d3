# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Engine: {{ dialect.label }} in UTC and utf8mb4, with every wait bounded."""

from functools import partial
from math import ceil

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
# {% if concurrency == "async" %}
from sqlalchemy.exc import DisconnectionError
# {% endif %}
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Settings
from app.database.diagnostics import add_diagnostics
from app.database.pool import pool_arguments


def build_engine(settings: Settings) -> AsyncEngine:
    """Engine of this process. It connects on first use.

    READ COMMITTED, so that a row of another transaction can be read after a duplicate key, and so
    that fewer gaps are locked.
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
    add_diagnostics(engine.sync_engine, settings)
    return engine


def _set_up(settings: Settings, connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set zone and time-outs on the server: a forgotten lock must not stop the whole service."""
    # Rounded up: the server takes whole numbers, and 0 as no limit at all.
    statement_timeout = ceil({{ dialect.limit.value }})
    lock_timeout = ceil(settings.database_lock_timeout)
    cursor = connection.cursor()
    cursor.execute("SET time_zone = '+00:00'")
    cursor.execute(f"SET innodb_lock_wait_timeout = {lock_timeout}")
    cursor.execute(f"SET {{ dialect.limit.variable }} = {statement_timeout}")
    cursor.close()


# {% if concurrency == "async" %}
def _refuse_a_closed_connection(
    connection: DBAPIConnection,
    _record: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    """Replace a connection that the server closed while it was idle, with pre-ping off too.

    The driver has no public way to ask.
    """
    if connection.driver_connection._reader.at_eof():  # noqa: SLF001
        raise DisconnectionError


# {% endif %}
# {% endcall %}
