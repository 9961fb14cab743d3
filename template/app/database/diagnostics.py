# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Diagnostics: pool events and slow statements in the log, the state of a session.

All of it is off by default, and none of it is reachable over HTTP.
"""

import logging
import re
import time
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings

logger = logging.getLogger(__name__)

POOL_EVENTS = ("connect", "checkout", "checkin", "close", "invalidate")
# Shows the plan without running the statement again.
EXPLAIN = "{{ dialect.explain }}"
EXPLAINABLE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
MAX_PARAMETERS_LENGTH = 1000
# {% if dialect.plan_values %}
PLAN_NODE = re.compile(r"\(cost=[\d.]+ rows=\d+ width=\d+\)$")
# {% endif %}


def add_diagnostics(engine: Engine, settings: Settings) -> None:
    """Listen to the engine if a setting enables it."""
    if settings.database_echo_pool:
        # The setting alone is enough, whatever LOG_LEVEL is.
        logger.setLevel(logging.DEBUG)
        for name in POOL_EVENTS:
            event.listen(engine, name, partial(_log_pool, engine, name))
    if settings.database_slow_statement is not None:
        event.listen(engine, "before_cursor_execute", _start_clock)
        slow = partial(_log_if_slow, settings.database_slow_statement)
        event.listen(engine, "after_cursor_execute", slow)


def session_state(session: AsyncSession) -> str:
    """State of a session, for a debugger or the log. It loads nothing.

    New and deleted objects wait for the next flush; whether a dirty one does, only the flush tells.
    """
    transaction = "in a transaction" if session.in_transaction() else "no transaction"
    return (
        f"{len(session.new)} new, {len(session.dirty)} dirty, {len(session.deleted)} deleted, "
        f"{len(session.identity_map)} persistent, {transaction}"
    )


def _log_pool(engine: Engine, name: str, connection: DBAPIConnection | None, *_: object) -> None:
    # A place in the pool comes back without its connection when that was closed.
    which = f"connection {id(connection):x}" if connection else "no connection"
    logger.debug("pool: %s of %s; %s", name, which, engine.pool.status())


def _start_clock(connection: Connection, *_rest: object) -> None:
    connection.info["statement_started"] = time.perf_counter()


def _log_if_slow(
    threshold: float,
    connection: Connection,
    _cursor: DBAPICursor,
    statement: str,
    parameters: Any,
    *rest: Any,
) -> None:
    seconds = time.perf_counter() - connection.info["statement_started"]
    if seconds <= threshold:
        return
    context, executemany = rest
    first = parameters[0] if executemany else parameters
    # No plan of DDL, nor while a result is streaming.
    streams = context.execution_options.get("stream_results", False)
    explainable = not streams and EXPLAINABLE.match(statement)
    logger.warning(
        "slow statement: %.3f s\n%s\nparameters: %s\nplan: %s",
        seconds,
        statement,
        "hidden"
        if connection.engine.hide_parameters
        else f"{parameters!r:.{MAX_PARAMETERS_LENGTH}}",
        _plan(connection, statement, first) if explainable else "none",
    )


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    """Query plan of a statement. A failure costs only the plan.

    On a cursor of the driver, because the engine's would recurse; in a savepoint, because on some
    databases a failure aborts the transaction.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute("SAVEPOINT before_plan")
        try:
            cursor.execute(f"{EXPLAIN} {statement}", parameters)
            rows = cursor.fetchall()
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT before_plan")
            cursor.execute("RELEASE SAVEPOINT before_plan")
    except connection.dialect.loaded_dbapi.Error as error:
        return f"none, {type(error).__name__}"
    finally:
        cursor.close()
    lines = [" | ".join(map(str, row)) for row in rows]
    # {% if dialect.plan_values %}
    if connection.engine.hide_parameters:
        # Conditions show the values that they compare with.
        lines = [line for line in lines if PLAN_NODE.search(line)]
    # {% endif %}
    return "\n".join(["", *lines]) if lines else "none"
# {% endcall %}
