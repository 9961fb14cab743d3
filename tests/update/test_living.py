"""A service lives on: updated, its conflicts resolved, its tests green, its data where it was."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.matrix import Combination
from tests.services import run
from tests.update import edits
from tests.update.living import Living
from tests.update.project import Project
from tests.update.versions import git, offered

pytestmark = pytest.mark.heavy
OLDEST, LATEST = "0.1.0.dev1", "0.1.0.dev2"
LIVING = [
    (OLDEST, Combination("postgresql", "sync", "none", "shop", repository=False)),
    (OLDEST, Combination("mysql", "async", "none", "none", repository=True)),
    (OLDEST, Combination("sqlite", "async", "none", "shop", repository=True)),
    (LATEST, Combination("mariadb", "async", "none", "shop", repository=True)),
]
# Whoever asks for everything has the others too: each runs a bundled suite.
FEW = 2
# What the owner does again after taking the template's side of a conflict.
AGAIN: dict[str, Callable[[Path], None]] = {
    "app/main.py": edits.add_a_router,
    "app/routers.py": edits.add_a_router,
    "app/models/__init__.py": edits.add_a_model,
    "app/config.py": edits.change_a_setting,
    ".github/workflows/ci.yaml": edits.check_otherwise,
}
A_COMMAND = re.compile(r"^ +(uv run app db .+)$", re.MULTILINE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = LIVING if metafunc.config.getoption("full") else LIVING[:FEW]
    metafunc.parametrize(("version", "chosen"), chosen, ids=str)


def test_a_living_service_takes_an_update(
    version: str,
    chosen: Combination,
    history: Path,
    tmp_path: Path,
) -> None:
    servers.require(chosen.database)
    assert chosen in offered(version)
    project = Project.start(history, tmp_path / "service", version, chosen.answers)
    with servers.fresh_database(chosen.database, tmp_path) as url:
        service = Living(project, chosen, url)
        begin(service)
        stored = service.ask(tmp_path, store) if chosen.example == "shop" else None

        project.update()
        resolve(project)
        changed = version == OLDEST and chosen.example == "shop"
        add_missing_revision(service, is_missing=changed)

        service.run("app", "db", "check")
        service.pytest()
        assert service.ask(tmp_path, lambda client: read(client, stored)) == stored
    run("ruff", "check", "--no-cache", "app", "tests", cwd=project.folder)


def begin(service: Living) -> None:
    """Let the owner work on the service: edits, a revision of their own, a database."""
    for edit in edits.EDITS:
        if edit is not edits.add_a_revision:
            edit(service.folder)
    service.run("app", "db", "upgrade")
    service.run("app", "db", "revision", "--message=Add reviews")
    service.run("app", "db", "upgrade")
    service.project.commit()


def store(client: Any) -> Any:
    """Write a row over HTTP and return it."""
    body = {"name": "Mine", "slug": "mine", "description": "Before the update"}
    response = client.post("/categories", json=body)
    return client.get(response.headers["Location"]).json()


def read(client: Any, stored: Any) -> Any:
    """Ask for the owner's route, and return the row that was stored."""
    assert client.get("/reviews/columns").json() == ["id", "text"]
    return client.get(f"/categories/{stored['id']}").json() if stored else None


def resolve(project: Project) -> None:
    """Take the template's side of each conflict, and do the owner's edit again."""
    conflicts = project.conflicts
    git("checkout", "--theirs", "--", *sorted(conflicts), cwd=project.folder)
    for again in {AGAIN[name] for name in conflicts}:
        again(project.folder)
    assert project.conflicts == set()
    project.commit()


def add_missing_revision(service: Living, *, is_missing: bool) -> None:
    """Do what the bundled test says, where it says that a revision is missing."""
    test = "tests/test_migrations.py::test_the_models_and_the_migrations_agree"
    if not is_missing:
        service.pytest(test)
        return
    with pytest.raises(pytest.fail.Exception) as failure:
        service.pytest(test)
    told = A_COMMAND.findall(str(failure.value))
    assert [shlex.split(command)[4] for command in told] == ["upgrade", "revision", "upgrade"]
    for command in told:
        service.run(*shlex.split(command)[2:])
