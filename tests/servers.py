"""The database servers that suites run on, and what to do where one does not answer."""

import os
from functools import cache

import pytest
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

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
    url = make_url(server_url(database)).set(drivername=DRIVERS[database])
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


def run(database: str, statement: str) -> None:
    """Run one statement on the server, outside a transaction."""
    url = make_url(server_url(database)).set(drivername=DRIVERS[database])
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
