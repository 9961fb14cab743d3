"""Disturbance of a running service: its connections are closed."""

from typing import Any

from sqlalchemy import text

from app.config import Settings
from app.database.migration import build_migration_engine

# Settings for a service that is to be disturbed.
IMPATIENT: dict[str, Any] = {}
# Fewer than the repetitions of a request: it can be the one that every cut hits.
TIMES = 6
CUT = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
)


def disturb(settings: Settings) -> int:
    """Cut all other connections to the database; return how many there were."""
    with build_migration_engine(settings).connect() as connection:
        return connection.scalar(CUT) or 0
