# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Sessions that only read, beside those of requests."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database.session import SessionFactory


def read_session(sessions: SessionFactory) -> AsyncSession:
    """Return a session that only reads. Use it as a context."""
    # {% if dialect.single_writer %}
    # It must not queue for the write lock; engine.py looks at this option.
    return sessions(execution_options={"read_only": True})
    # {% else %}
    return sessions()
    # {% endif %}
# {% endcall %}
