"""Databases and tables for tests: each is fresh, and deleted afterwards."""

# {% if dialect.server %}
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import URL, MetaData, NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

# {% else %}
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from alembic import command
from sqlalchemy import URL, MetaData, make_url

# {% endif %}
from app.config import Settings
from app.database.cli import alembic_config
from app.database.migration import build_migration_engine
from app.models.base import NAMES, Base
{{ "from tests.credentials import with_staff\n" if auth != "none" else "" }}

@contextmanager
def migrated_database() -> Generator[Settings]:
    """Give settings of a fresh database with the newest schema."""
    with empty_database() as settings:
        config = alembic_config()
        config.attributes["settings"] = settings
        command.upgrade(config, "head")
        yield {{ "settings" if auth == "none" else "with_staff(settings)" }}


class TempTable(Base):
    """Base of tables that only tests have: with metadata of its own, unknown to migrations."""

    __abstract__ = True

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


@contextmanager
def temp_tables(settings: Settings, *models: type[TempTable]) -> Generator[None]:
    """Create the tables of these models, and drop them when the block ends."""
    tables = [TempTable.metadata.tables[model.__tablename__] for model in models]
    engine = build_migration_engine(settings)
    with engine.begin() as connection:
        TempTable.metadata.create_all(connection, tables)
    yield
    with engine.begin() as connection:
        TempTable.metadata.drop_all(connection, tables)


# {% if dialect.server %}
@contextmanager
def empty_database() -> Generator[Settings]:
    """Give settings of a fresh database without tables, on the server of TEST_DATABASE_URL."""
    name = f"test_{uuid4().hex}"
    run(f"CREATE DATABASE {name}")
    try:
        yield Settings(database_url=server_url().set(database=name))
    finally:
        run(f"DROP DATABASE {name}{{ dialect.drop_force }}")


def server_url() -> URL:
    """Server of the tests. Its account must be allowed to create databases.

    The URL's own database is never written to.
    """
    given = os.environ.get("TEST_DATABASE_URL") or "{{ dialect.test_url }}"
    url = Settings(database_url=make_url(given)).migration_url
    return url if url.database else url.set(database="{{ dialect.maintenance_database }}")


def run(statement: str) -> None:
    """Run a statement that cannot be part of a transaction."""
    engine = create_engine(server_url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def check_server() -> None:
    """Stop the test run with instructions when the server does not answer."""
    try:
        run("SELECT 1")
    except OperationalError as error:
        raise pytest.UsageError(
            f"{{ dialect.label }} does not answer at {server_url()}: {error.orig}\n"
            "Start it with `docker compose up -d`, or set TEST_DATABASE_URL to another server."
        ) from None


def unreachable(url: URL) -> URL:
    """Return the URL of a database on a port that is closed."""
    return url.set(host="127.0.0.1", port=1)
# {% else %}
@contextmanager
def empty_database() -> Generator[Settings]:
    """Give settings of a fresh database without tables, in a file of its own."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = make_url("sqlite://").set(database=str(Path(folder) / "test.db"))
        yield Settings(database_url=url)


def check_server() -> None:
    """Check nothing: a file needs no server."""


def unreachable(url: URL) -> URL:
    """Return the URL of a file that cannot be opened."""
    return url.set(database="/no/such/folder/test.db")
# {% endif %}
