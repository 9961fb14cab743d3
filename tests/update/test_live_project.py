"""A service lives on: updated, its conflicts resolved, its tests green, its data where it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import servers
from tests.support.matrix import Combination
from tests.support.services import run
from tests.update import edits
from tests.update.live_project import LiveProject
from tests.update.project import Project
from tests.update.versions import STABLE_SINCE, git, offered

pytestmark = pytest.mark.heavy
LIVING = [
    (STABLE_SINCE, Combination("postgresql", "sync", "none", "shop", repository=False)),
    (STABLE_SINCE, Combination("mysql", "async", "none", "none", repository=True)),
    (STABLE_SINCE, Combination("sqlite", "async", "none", "shop", repository=True)),
    (STABLE_SINCE, Combination("mariadb", "async", "none", "shop", repository=True)),
]
# --full has the others too: each runs a bundled suite.
WITHOUT_FULL = 2
# What the owner does again after taking the template's side of a conflict.
AGAIN: dict[str, Callable[[Path], None]] = {
    "app/main.py": edits.add_a_router,
    "app/routers.py": edits.add_a_router,
    "app/models/__init__.py": edits.add_a_model,
    "app/config.py": edits.change_a_setting,
    "app/cli.py": edits.change_a_command,
    "app/health.py": edits.change_a_route,
    "app/middleware/requests.py": edits.rename_a_variable,
    ".env.example": edits.explain_the_setting,
    "README.md": edits.explain_it,
    "compose.yaml": edits.change_compose,
    "pyproject.toml": edits.add_a_dependency,
    ".github/workflows/ci.yaml": edits.check_otherwise,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = LIVING if metafunc.config.getoption("full") else LIVING[:WITHOUT_FULL]
    metafunc.parametrize(("version", "chosen"), chosen, ids=str)


def test_service_in_use_can_be_updated(
    version: str,
    chosen: Combination,
    history: Path,
    tmp_path: Path,
) -> None:
    servers.require(chosen.database)
    assert chosen in offered(version)
    project = Project.start(history, tmp_path / "service", version, chosen.answers)
    with servers.fresh_database(chosen.database, tmp_path) as url:
        service = LiveProject(project, chosen, url)
        begin(service)
        stored = service.ask(tmp_path, store) if chosen.example == "shop" else None

        project.update()
        resolve(project)
        service.run("app", "db", "check")
        service.pytest()
        assert service.ask(tmp_path, lambda client: read(client, stored)) == stored
    run("ruff", "check", "--no-cache", "app", "tests", cwd=project.folder)


def begin(service: LiveProject) -> None:
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
