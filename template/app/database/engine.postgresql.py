# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Engine: PostgreSQL through psycopg, with every wait bounded."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.config import Settings
from app.database.diagnostics import add_diagnostics
from app.database.pool import pool_arguments


def build_engine(settings: Settings) -> AsyncEngine:
    """Engine of this process. It connects on first use."""
    engine = create_async_engine(
        settings.database_url,
        connect_args=_connect_arguments(settings),
        **pool_arguments(settings),
    )
    if settings.database_pool_profile == "none":
        # PgBouncer lets the limits through within a transaction only.
        event.listen(engine.sync_engine, "begin", partial(_limit_transaction, settings))
    add_diagnostics(engine.sync_engine, settings)
    return engine


def _connect_arguments(settings: Settings) -> dict[str, Any]:
    """Arguments with which psycopg connects.

    Without its own pool the service can be behind PgBouncer, which hands each transaction
    another server connection: prepared statements would be missing there, and options at start-up
    are refused.
    """
    arguments: dict[str, Any] = {"connect_timeout": settings.database_connect_timeout}
    if settings.database_pool_profile == "none":
        return arguments | {"prepare_threshold": None}
    options = [f"-c {name}={value}" for name, value in _limits(settings).items()]
    # Options of the URL come last, and win.
    options.append(str(settings.database_url.query.get("options", "")))
    return arguments | {"options": " ".join(options)}


def _limits(settings: Settings) -> dict[str, str]:
    """Time-outs of the server: a forgotten lock must not stop the whole service."""
    statement = f"{settings.database_statement_timeout * 1000:.0f}ms"
    lock = f"{settings.database_lock_timeout * 1000:.0f}ms"
    return {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": statement,
    }


def _limit_transaction(settings: Settings, connection: Connection) -> None:
    calls = [f"set_config('{name}', '{value}', true)" for name, value in _limits(settings).items()]
    connection.exec_driver_sql(f"SELECT {', '.join(calls)}")
# {% endcall %}
