"""A database for tests: one of its own on the server of TEST_DATABASE_URL, gone afterwards."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import OperationalError

from app.cli import alembic_config
from app.config import Settings
from app.database.url import MIGRATION_DRIVER
# {% if auth != "none" %}
from tests.staff import with_staff
# {% endif %}

# The account must be allowed to create databases; the URL's own database is never written to.
SERVER = os.environ.get("TEST_DATABASE_URL") or "{{ dialect.test_url }}"


def server_url() -> URL:
    """Return the URL of the server, by the driver that is never async."""
    url = make_url(SERVER).set(drivername=MIGRATION_DRIVER)
    return url if url.database else url.set(database="{{ dialect.maintenance_database }}")


def run(statement: str) -> None:
    """Run a statement that cannot be part of a transaction."""
    engine = create_engine(server_url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def check_server() -> None:
    """Stop, and say what to do, when the server does not answer."""
    try:
        run("SELECT 1")
    except OperationalError as error:
        raise pytest.UsageError(
            f"{{ dialect.label }} does not answer at {server_url()}: {error.orig}\n"
            "Start it with `docker compose up -d`, or set TEST_DATABASE_URL to another server."
        ) from None


def nowhere(url: URL) -> URL:
    """Return the URL of a database on a port where nobody listens."""
    return url.set(host="127.0.0.1", port=1)


@contextmanager
def empty_database() -> Generator[Settings]:
    """Give settings that point to a fresh, empty database."""
    name = f"test_{uuid4().hex}"
    run(f"CREATE DATABASE {name}")
    try:
        yield Settings(database_url=server_url().set(database=name))
    finally:
        run(f"DROP DATABASE {name}{{ dialect.drop_force }}")


@contextmanager
def migrated_database() -> Generator[Settings]:
    """Give settings that point to a fresh database with the newest schema."""
    with empty_database() as settings:
        config = alembic_config()
        config.attributes["settings"] = settings
        command.upgrade(config, "head")
        # {% if auth == "none" %}
        yield settings
        # {% else %}
        yield with_staff(settings)
        # {% endif %}
