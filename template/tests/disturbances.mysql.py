"""What may happen to a service in the middle of its work: its connections are cut."""

from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.database.migration import build_migration_engine

# Settings for a service that is to be disturbed.
IMPATIENT: dict[str, Any] = {}
# Fewer than the repetitions of a request: it may be the one that every cut hits.
TIMES = 6
OTHERS = text(
    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
)


def disturb(settings: Settings) -> int:
    """Cut all other connections to the database; return how many there were."""
    with build_migration_engine(settings).connect() as connection:
        others = connection.scalars(OTHERS).all()
        for number in others:
            # It may have ended by itself.
            with suppress(DBAPIError):
                connection.exec_driver_sql(f"KILL {number}")
        return len(others)
