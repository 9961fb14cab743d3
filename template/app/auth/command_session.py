"""A session for a command: a short transaction on a connection of its own, like a migration's.

In any service a command waits for the database.
"""

from collections.abc import Generator
from contextlib import contextmanager
# {% if example == "none" %}

from sqlalchemy.orm import Session
# {% endif %}

# {% if example == "shop" %}
from app.audit import AuditedSession as Session
# {% endif %}
from app.config import Settings
from app.database.migration import build_migration_engine

ACTOR = "the command line"


@contextmanager
def command_session(settings: Settings) -> Generator[Session]:
    """Give a session that commits when the block ends, and rolls back on any error."""
    engine = build_migration_engine(settings)
    with Session(engine, info={"actor": ACTOR}) as session, session.begin():
        yield session
