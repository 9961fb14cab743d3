"""The command line runs the service and looks after its database."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from unittest.mock import create_autospec

import pytest
import uvicorn
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Column, Integer, Table
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import Settings, load_settings
from app.database.cli import alembic_config
from app.models import Base
from tests.databases import empty_database, unreachable

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("app")
SLOW_START_SECONDS = 30
runner = CliRunner()


@pytest.fixture(autouse=True)
def _read_settings_again() -> Generator[None]:
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """An empty database, to which DATABASE_URL points."""
    with empty_database() as settings:
        point_to(monkeypatch, settings.database_url)
        yield settings


def point_to(monkeypatch: pytest.MonkeyPatch, url: URL) -> None:
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    load_settings.cache_clear()


def run(*arguments: str) -> Result:
    return runner.invoke(cli, arguments)


def run_program(*arguments: str) -> str:
    """Run the installed program, which must succeed, and return what it prints."""
    result = subprocess.run(  # noqa: S603
        [PROGRAM, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def assert_one_line_error(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "commands"),
    [
        (["--help"], ["serve", "openapi", "db"]),
        (
            ["db", "--help"],
            [
                "upgrade",
                "downgrade",
                "revision",
                "current",
                "check",
                "sql",
                "connections",
                "cleanup",
            ],
        ),
    ],
    ids=["app", "app db"],
)
def test_help_lists_the_commands(arguments: list[str], commands: list[str]) -> None:
    result = run(*arguments)

    assert result.exit_code == 0
    without_colours = re.sub(r"\x1b\[[\d;]*m", "", result.output)
    assert all(f" {command} " in without_colours for command in commands)


def test_openapi_prints_the_document() -> None:
    result = run("openapi")

    assert result.exit_code == 0
    assert "/health/live" in json.loads(result.stdout)["paths"]


def test_serve_starts_the_service_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_autospec(uvicorn.run)
    monkeypatch.setattr(uvicorn, "run", server)

    result = run("serve", "--host", "127.0.0.2", "--port", "9000", "--workers", "3")

    told = server.call_args.kwargs
    assert result.exit_code == 0
    assert (told["host"], told["port"], told["workers"]) == ("127.0.0.2", 9000, 3)
    assert told["timeout_worker_healthcheck"] > SLOW_START_SECONDS


def test_serve_does_not_start_with_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_autospec(uvicorn.run)
    monkeypatch.setattr(uvicorn, "run", server)
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    result = run("serve")

    assert result.exit_code == 1
    assert not server.called
    assert "LOG_LEVEL" in result.output


@pytest.mark.usefixtures("database")
def test_the_schema_goes_up_is_compared_and_goes_down() -> None:
    results = [
        run("db", "upgrade"),
        run("db", "check"),
        run("db", "downgrade", "base"),
    ]

    assert [result.exit_code for result in results] == [0, 0, 0]


@pytest.mark.usefixtures("database")
def test_check_fails_when_the_models_and_the_migrations_differ() -> None:
    run("db", "upgrade")
    table = Table("forgotten", Base.metadata, Column("id", Integer, primary_key=True))

    result = run("db", "check")
    Base.metadata.remove(table)

    assert_one_line_error(result, "forgotten")


@pytest.mark.usefixtures("database")
def test_current_shows_the_revision_of_the_database() -> None:
    run("db", "upgrade")

    output = run_program("db", "current")

    heads = ScriptDirectory.from_config(alembic_config()).get_heads()
    assert all(f"{head} (head)" in output for head in heads)


def test_sql_needs_no_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    point_to(monkeypatch, unreachable(settings.database_url))

    result = run("db", "sql")

    assert result.exit_code == 0


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("command", ["upgrade", "downgrade", "sql"])
def test_an_unknown_revision_is_one_line(command: str) -> None:
    result = run("db", command, "nonsense")

    assert_one_line_error(result, "nonsense")


# {% if not dialect.connections %}
def test_connections_names_the_file() -> None:
    result = run("db", "connections")

    assert result.exit_code == 0
    assert f"fuser {load_settings().database_url.database}" in result.output


# {% endif %}
@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
def test_a_database_out_of_reach_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    command: str,
) -> None:
    point_to(monkeypatch, unreachable(settings.database_url))

    result = run("db", command)

    assert_one_line_error(result, "")
