"""Rows follow a service to another database by the script of the page, as they are."""

import shlex
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.support import servers
from tests.support.markdown import page
from tests.support.matrix import Combination
from tests.support.snippets import snippets
from tests.update.fixture_rows import connect, fill, rows
from tests.update.live_project import LiveProject
from tests.update.test_answers import start

pytestmark = pytest.mark.heavy
PAGE = page("docs/how-to/move-to-another-database.md")
(SHOWN,) = [one.text for one in snippets(PAGE) if one.language == "python"]
# In smaller portions, so that a table has several.
SCRIPT = SHOWN.replace("AT_ONCE = 1000", "AT_ONCE = 50")
(EMPTY,) = [one.text for one in snippets(PAGE) if one.language == "sql"]
COMMANDS = {name.lower(): cell.strip("`") for name, cell in PAGE.column("Command", "From").items()}
ROUND = [*servers.DEFAULTS, "sqlite"]
CHOSEN = Combination("sqlite", "sync", "session", "shop", repository=True)
# A parent with a higher id than its child, and a text that is not kept alike everywhere.
MORE = [
    "UPDATE categories SET parent_id = 3 WHERE id = 1",
    "INSERT INTO reviews (text) VALUES ('Grüße, 🙂 and a ''quote''')",
]


def test_rows_survive_a_round_trip_through_all_databases(
    history: Path,
    tmp_path: Path,
) -> None:
    with ExitStack() as databases:
        old = databases.enter_context(servers.fresh_database("sqlite", tmp_path))
        service = start(history, tmp_path / "service", CHOSEN, old)
        fill(service, old)
        execute(old, *MORE)
        (service.folder / "move_rows.py").write_text(SCRIPT, encoding="utf-8")
        service.run("ruff", "check", "move_rows.py")
        service.project.commit()
        before = held = rows(old)
        for database in ROUND:
            servers.require(database)
            new = databases.enter_context(servers.fresh_database(database, tmp_path))
            service.project.update(database=database)
            move(service, old, new)
            service.project.commit()

            assert rows(old) == held
            assert len(rows(new)["categories"]) == len(before["categories"])
            # Refused where a new row got the id of one that was moved.
            execute(new, "INSERT INTO reviews (text) VALUES ('new')")
            old, held = new, rows(new)

    written = [row for row in held["reviews"] if row["text"] == "new"]
    assert len(written) == len(ROUND)
    held["reviews"] = [row for row in held["reviews"] if row not in written]
    assert held == before


def move(service: LiveProject, old: URL, new: URL) -> None:
    """Do what the page says; a second time nothing is moved."""
    *command, _ = shlex.split(COMMANDS[old.get_backend_name()])[2:]
    command.append(servers.with_driver(old).render_as_string(hide_password=False))
    moved = LiveProject(service.project, CHOSEN, new)
    moved.run("app", "db", "upgrade")
    execute(new, EMPTY)
    moved.run(*command)
    moved.run("app", "db", "check")
    there = rows(new)

    with pytest.raises(pytest.fail.Exception, match=r"Nothing was moved\. Empty these tables"):
        moved.run(*command)

    assert rows(new) == there


def execute(url: URL, *statements: str) -> None:
    """Run statements on a database, without the service."""
    with connect(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
