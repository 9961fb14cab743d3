"""What a service that lives has in its database: put there, and looked at later."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    MetaData,
    NullPool,
    Table,
    create_engine,
    insert,
    select,
)

from tests.support.running import add_owner
from tests.support.servers import with_driver
from tests.update.live_project import LiveProject

Rows = dict[str, list[dict[str, Any]]]
BOTH = ("user_credentials", "user_sessions")


@contextmanager
def connect(url: URL) -> Generator[Connection]:
    """Reach a database without the service; what is written is committed."""
    engine = create_engine(with_driver(url), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def rows(url: URL) -> Rows:
    """Return what each table holds, but for the one of the migrations."""
    known = MetaData()
    with connect(url) as connection:
        known.reflect(connection)
        return {
            name: sorted(map(dict, connection.execute(select(table)).mappings()), key=str)
            for name, table in known.tables.items()
            if name != "alembic_version"
        }


def fill(service: LiveProject, url: URL) -> None:
    """Store what a service in use has, where its tables are empty."""
    stored = rows(url)
    if stored.get("products") == []:
        service.run("app", "db", "seed")
    if stored.get("user_credentials") == []:
        add_owner(service.folder, service.variables)
        add_session(url)
    if not stored["reviews"]:
        with connect(url) as connection:
            connection.exec_driver_sql("INSERT INTO reviews (text) VALUES ('kept')")


def add_session(url: URL) -> None:
    """Sign the owner in on a device."""
    now = datetime.now(UTC).replace(tzinfo=None)
    row = {"client": "a device", "created_at": now, "last_used_at": now}
    with connect(url) as connection:
        accounts, user_sessions = (Table(k, MetaData(), autoload_with=connection) for k in BOTH)
        user_id = connection.execute(accounts.select()).scalar_one()
        row |= {"user_id": user_id, "expires_at": now + timedelta(days=1)}
        row |= {"digest": "0" * 64} if "digest" in user_sessions.columns else {}
        connection.execute(insert(user_sessions).values(row))


def never_reuses_session_ids(url: URL) -> bool:
    """Tell whether no id of a session is given twice: SQLite has to be told so."""
    if url.drivername != "sqlite":
        return True
    with connect(url) as connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'user_sessions'"
        made = connection.exec_driver_sql(query).scalar()
    return made is None or "AUTOINCREMENT" in made
