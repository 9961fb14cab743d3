"""The database servers that suites run on, and what to do where one does not answer."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# Overridden by POSTGRESQL_URL, MYSQL_URL and MARIADB_URL. The account must be allowed to create
# databases.
DEFAULTS = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/postgres",
    "mysql": "mysql://root@127.0.0.1:33060",
    "mariadb": "mariadb://root@127.0.0.1:3306",
}
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


def server_url(database: str) -> str:
    """Return the URL of the server for a database; empty for one that is a file."""
    return os.environ.get(f"{database.upper()}_URL") or DEFAULTS.get(database, "")


@cache
def problem(database: str) -> str:
    """Return why the server cannot be used, or an empty string."""
    if database not in DEFAULTS:
        return ""
    url = _admin_url(database)
    try:
        with create_engine(url, poolclass=NullPool).connect():
            return ""
    except (SQLAlchemyError, NotImplementedError) as error:
        return f"no {database} at {url}, set {database.upper()}_URL: {error}"


def require(database: str) -> None:
    """Skip the test where the server is missing; under CI, fail."""
    reason = problem(database)
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def run(database: str, statement: str) -> list[Any]:
    """Run one statement on the server, outside a transaction, and return the first column."""
    return [row[0] for row in rows(database, statement)]


def rows(database: str, statement: str) -> list[Any]:
    """Run one statement on the server, outside a transaction, and return its rows."""
    engine = create_engine(_admin_url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.exec_driver_sql(statement)
        return list(result) if result.returns_rows else []


def with_driver(url: URL) -> URL:
    """Name the driver by which tests reach a database, where SQLAlchemy's own choice is another."""
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def _admin_url(database: str) -> URL:
    return make_url(server_url(database)).set(drivername=DRIVERS[database])


@contextmanager
def fresh_database(database: str, folder: Path) -> Generator[URL]:
    """Give the URL of an empty database that is dropped afterwards; a file goes into the folder."""
    name = f"template_test_{uuid4().hex}"
    if database not in DEFAULTS:
        yield make_url(f"{database}:///{folder / name}.db")
        return
    run(database, f"CREATE DATABASE {name}")
    try:
        yield make_url(server_url(database)).set(database=name)
    finally:
        cut(database, name)
        run(database, f"DROP DATABASE {name}")


def cut(database: str, name: str) -> int:
    """End every connection to one database, as a restart or a firewall would; return how many."""
    if database == "postgresql":
        ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        return len(run(database, ended))
    # Not from information_schema: on MySQL it fails while anybody's statement holds an emoji.
    found = [row.Id for row in rows(database, "SHOW PROCESSLIST") if row.db == name]
    for connection in found:
        # It could have ended by itself.
        with suppress(DBAPIError):
            run(database, f"KILL {connection}")
    return len(found)
