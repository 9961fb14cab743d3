# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Count the statements of a request."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

from fastapi import FastAPI
from sqlalchemy import event

# Statements of the tests' own transaction.
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
# {% if auth != "none" %}
# Authentication by an API key costs the same for every request.
AUTHENTICATION = ("SELECT api_keys.", "UPDATE api_keys SET last_used_at")
NOT_COUNTED = SAVEPOINTS + AUTHENTICATION
# Statements that revoke the sessions, email tokens and API keys of a user.
REVOCATION = 3
# {% else %}
NOT_COUNTED = SAVEPOINTS
REVOCATION = 0
# {% endif %}


class RequestCost(NamedTuple):
    """A request and the number of its statements."""

    method: str
    path: str
    body: Any
    statements: int


@contextmanager
def count_queries(
    app: FastAPI,
    not_counted: tuple[str, ...] = NOT_COUNTED,
) -> Generator[list[str]]:
    """Collect the statements that the engine executes in the block."""
    executed: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(not_counted):
            executed.append(statement)

    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield executed
    finally:
        event.remove(engine, "before_cursor_execute", record)
# {% endcall %}
