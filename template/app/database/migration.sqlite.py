"""Migrations on SQLite: their own engine, one process at a time."""

from collections.abc import Generator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from app.config import Settings
from app.database.engine import begin, disable_driver_begin


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: without foreign keys, one transaction for all.

    Alembic changes a table by copying and dropping it. With foreign keys on, dropping the old
    table would delete the rows that refer to it.
    """
    engine = create_engine(
        settings.migration_url,
        poolclass=NullPool,
        connect_args={"timeout": settings.database_migration_timeout},
    )
    event.listen(engine, "connect", disable_driver_begin)
    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def exclusive_migration(connection: Connection, _settings: Settings) -> Generator[None]:
    """Let one process migrate at a time, which BEGIN IMMEDIATE sees to, and check the result.

    Raises CommandError, and rolls back, where rows refer to others that do not exist.
    """
    yield
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise CommandError(f"rows refer to others that do not exist: {broken[:3]}")
