"""Disturbance of a running service: its connections are closed."""

from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.database.migration import build_migration_engine

# Settings for a service that is to be disturbed.
IMPATIENT: dict[str, Any] = {}
# Fewer than the repetitions of a request: it can be the one that every cut hits.
TIMES = 6
# Not from information_schema: on MySQL it fails while a statement holds an emoji.
CONNECTIONS = text("SHOW PROCESSLIST")
OWN = text("SELECT CONNECTION_ID()")


def disturb(settings: Settings) -> int:
    """Cut all other connections to the database; return how many there were."""
    with build_migration_engine(settings).connect() as connection:
        name, own = settings.database_url.database, connection.scalar(OWN)
        rows = connection.execute(CONNECTIONS).mappings()
        others = [row["Id"] for row in rows if row["db"] == name and row["Id"] != own]
        for number in others:
            # It can have ended by itself.
            with suppress(DBAPIError):
                connection.exec_driver_sql(f"KILL {number}")
        return len(others)
