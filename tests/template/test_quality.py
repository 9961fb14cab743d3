"""Every service is clean as rendered: formatted, linted, typed; nothing is fixed afterwards."""

import json
import re
import sys
from functools import cache
from pathlib import Path
from types import CodeType

import pytest
from _pytest.mark import ParameterSet

from tests.support import servers
from tests.commands.bench import runtime_packages
from tests.support.matrix import Combination, all_combinations, choices, covering
from tests.support.services import Services, run

DEFAULT = Combination("sqlite", "async", "none", "shop", repository=True)
PACKAGES = 36
LEAST_FILES = 30
# All by one interpreter: to start another takes longer than what it does.
USE = """
import app.main
from app.cli import cli
print(app.main.create_app().openapi()["openapi"], app.main.__file__, flush=True)
for command in ("upgrade", "check"):
    cli(["db", command], standalone_mode=False)
"""
# Of a service, without the environment that it can have by now.
PARTS = ("app", "migrations/env.py", "tests")


def test_code_is_formatted(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    run("ruff", "format", "--check", "--no-cache", cwd=folder)


def test_ruff_finds_nothing(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    run("ruff", "check", "--no-fix", "--no-cache", cwd=folder)


def test_code_compiles(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    for file in folder.rglob("*.py"):
        if ".venv" not in file.parts:
            compiled(file.read_text())


@cache
def compiled(text: str) -> CodeType:
    """Return what a text compiles to; most files are the same in many services."""
    return compile(text, "<a file>", "exec")


def test_openapi_is_built_and_migrations_match_models(
    combination: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(combination.database)
    folder = services.render(combination)
    with servers.fresh_database(combination.database, tmp_path) as url:
        env = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        output = run(services.python_alike(combination), "-c", USE, cwd=folder, env=env)

    version, file = output.splitlines()[0].split()
    assert version.startswith("3.1")
    assert Path(file) == folder / "app/main.py"
    assert "No new upgrade operations detected." in output


def test_mypy_finds_nothing(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    # All services share what is known of the libraries, which is most of the work.
    run("mypy", f"--cache-dir={services.folder}/mypy", cwd=folder)


@pytest.mark.xdist_group(DEFAULT.dependency_set)
def test_the_default_service_needs_few_packages_to_run(services: Services) -> None:
    assert runtime_packages(services.install(DEFAULT)) < PACKAGES


def of_database(database: str) -> ParameterSet:
    """Return a database as a parameter; one worker has what all its combinations share."""
    return pytest.param(database, marks=pytest.mark.xdist_group(f"pyright-{database}"))


@pytest.mark.parametrize("database", [*map(of_database, choices("database"))])
def test_pyright_finds_nothing(
    database: str,
    services: Services,
    pytestconfig: pytest.Config,
) -> None:
    # mypy sees every combination; pyright needs longer, and sees those that hold any two answers.
    every = all_combinations() if pytestconfig.getoption("full") else covering(all_combinations())
    roots = [services.render(one).name for one in every if one.database == database]
    # Relative to the file: pyright silently ignores absolute paths.
    config = {
        "typeCheckingMode": "strict",
        "include": [f"{root}/{part}" for root in roots for part in PARTS],
        "executionEnvironments": [{"root": root} for root in roots],
    }
    project = services.folder / f"pyright-{database}.json"
    project.write_text(json.dumps(config))

    command = ("pyright", "--project", project, "--pythonpath", sys.executable, "--stats")
    output = run(*command, cwd=services.folder)

    checked = re.search(r"Total files checked: (\d+)", output)
    assert checked
    assert int(checked[1]) >= len(roots) * LEAST_FILES
