"""Migrations on PostgreSQL: their own engine, one process at a time."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, NullPool, create_engine

from app.config import Settings

# Any number will do, as long as every process of this service uses the same one.
MIGRATION_LOCK = 7_201_954
TABLE_LOCK_TIMEOUT = "1s"


def build_migration_engine(settings: Settings) -> Engine:
    """Return an engine for migrations: one connection, no limit on how long a statement takes."""
    # Without prepared statements, which PgBouncer does not always keep.
    return create_engine(
        settings.migration_url,
        poolclass=NullPool,
        connect_args={
            "prepare_threshold": None,
            "connect_timeout": settings.database_connect_timeout,
        },
    )


@contextmanager
def exclusive_migration(connection: Connection, settings: Settings) -> Generator[None]:
    """Let one process migrate at a time: the others wait here, and then find nothing to do.

    After that no statement waits long for a table, because everybody behind it would wait as well:
    it is better to fail, and to run the migration again.
    """
    timeout = f"{settings.database_migration_timeout * 1000:.0f}ms"
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{timeout}'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TABLE_LOCK_TIMEOUT}'")
    yield
