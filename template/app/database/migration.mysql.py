"""Migrations on {{ dialect.label }}: their own engine, one process at a time."""

from collections.abc import Generator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine

from app.config import Settings

# One lock for each database: the server has one list of locks for all of them.
MIGRATION_LOCK = "SHA2(CONCAT(DATABASE(), ' migrations'), 256)"
TABLE_LOCK_TIMEOUT = 1


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: one connection, no limit on how long a statement takes."""
    return create_engine(
        settings.migration_url,
        poolclass=NullPool,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": settings.database_connect_timeout,
            "init_command": "SET time_zone = '+00:00'",
        },
    )


@contextmanager
def exclusive_migration(connection: Connection, settings: Settings) -> Generator[None]:
    """Let one process migrate at a time: the others wait here, and then find nothing to do.

    After that no statement waits long for a table, because everybody behind it would wait as well:
    it is better to fail, and to run the migration again. Raises CommandError after a vain wait.
    """
    seconds = f"{settings.database_migration_timeout:.0f}"
    locked = connection.exec_driver_sql(f"SELECT GET_LOCK({MIGRATION_LOCK}, {seconds})").scalar()
    if locked != 1:
        raise CommandError("another process is migrating this database; try again later")
    connection.exec_driver_sql(f"SET SESSION lock_wait_timeout = {TABLE_LOCK_TIMEOUT}")
    yield
    # Not released here: the commit is still to come. The lock ends with the connection.
