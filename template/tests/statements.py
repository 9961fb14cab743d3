# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Count the statements that a request costs."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

from fastapi import FastAPI
from sqlalchemy import event

# What the tests' own roll-back adds to a transaction.
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
# {% if auth != "none" %}
# To find out who asks, and to note that the key was used, costs the same for each request.
WHO_ASKS = ("SELECT api_keys.", "UPDATE api_keys SET last_used_at")
UNCOUNTED = SAVEPOINTS + WHO_ASKS
# {% else %}
UNCOUNTED = SAVEPOINTS
# {% endif %}


class Cost(NamedTuple):
    """A request, and how many statements it may cost."""

    method: str
    path: str
    body: Any
    statements: int


@contextmanager
def counted_statements(
    app: FastAPI,
    uncounted: tuple[str, ...] = UNCOUNTED,
) -> Generator[list[str]]:
    """Give the list of what the engine runs within the block, without what is not to count."""
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(uncounted):
            ran.append(statement)

    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(engine, "before_cursor_execute", note)
# {% endcall %}
