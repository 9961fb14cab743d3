"""Lists of connections, and the time-out with which commands connect."""

from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import URL, event, text
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
from tests.databases import empty_database, unreachable
from tests.live import wait_until


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database of its own, to which DATABASE_URL points."""
    with empty_database() as settings:
        point_to(monkeypatch, settings.database_url)
        yield settings
    load_settings.cache_clear()


def point_to(monkeypatch: pytest.MonkeyPatch, url: URL) -> None:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    load_settings.cache_clear()


def list_connections() -> Result:
    return CliRunner().invoke(cli, ["db", "connections"])


def test_each_connection_is_a_line_with_its_state(database: Settings) -> None:
    with build_migration_engine(database).connect() as connection:
        connection.execute(text("SELECT 1"))
        result = list_connections()

    header, *lines = result.output.splitlines()
    assert result.exit_code == 0
    assert header.split() == ["pid", "account", "client", "state", "seconds", "query"]
    assert len(lines) == 1
    assert lines[0].split()[0].isdecimal()
    assert f" {database.database_url.username} " in lines[0]


@pytest.mark.usefixtures("database")
def test_a_new_database_has_no_other_connections(settings: Settings) -> None:
    with build_migration_engine(settings).connect():
        # A server takes a moment to see that a connection has ended.
        wait_until(lambda: list_connections().output == "No other connections.\n")


def test_an_unreachable_server_is_a_one_line_error(
    monkeypatch: pytest.MonkeyPatch,
    database: Settings,
) -> None:
    point_to(monkeypatch, unreachable(database.database_url))

    result = list_connections()

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_commands_connect_with_the_timeout_of_requests(settings: Settings) -> None:
    changed = settings.model_copy(update={"database_connect_timeout": 2})
    engine = build_migration_engine(changed)
    told: dict[str, Any] = {}

    def note(_dialect: object, _record: object, _given: object, arguments: dict[str, Any]) -> None:
        told.update(arguments)

    event.listen(engine, "do_connect", note)
    engine.connect().close()

    assert told["connect_timeout"] == 2
