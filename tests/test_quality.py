"""Every service is clean as rendered: formatted, linted, typed; nothing is fixed afterwards."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench import runtime_packages
from tests.matrix import Combination, all_combinations
from tests.services import Services, run

DEFAULT = Combination("sqlite", "async", "none", "shop", repository=True)
PACKAGES = 36


def test_it_is_formatted(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    run("ruff", "format", "--check", "--no-cache", cwd=folder)


def test_ruff_finds_nothing(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    run("ruff", "check", "--no-fix", "--no-cache", cwd=folder)


def test_it_compiles(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    for file in folder.rglob("*.py"):
        if ".venv" not in file.parts:
            compile(file.read_text(), str(file), "exec")


def test_it_imports_and_describes_itself(
    combination: Combination,
    services: Services,
) -> None:
    python = services.python(combination)
    program = "from app.main import create_app; print(create_app().openapi()['openapi'])"

    output = run(python, "-c", program, cwd=services.render(combination))

    assert output.startswith("3.1")


def test_mypy_finds_nothing(any_combination: Combination, services: Services) -> None:
    folder = services.render(any_combination)

    # All services share what is known of the libraries, which is most of the work.
    run("mypy", f"--cache-dir={services.folder}/mypy", cwd=folder)


@pytest.mark.xdist_group(DEFAULT.dependency_set)
def test_the_default_service_needs_few_packages_to_run(services: Services) -> None:
    assert runtime_packages(services.install(DEFAULT)) < PACKAGES


@pytest.mark.xdist_group("pyright")
def test_pyright_finds_nothing(services: Services, tmp_path: Path) -> None:
    roots = [services.render(one) for one in all_combinations()]
    parts = ("app", "migrations/env.py", "tests")
    config = {
        "typeCheckingMode": "strict",
        "include": [f"{root}/{part}" for root in roots for part in parts],
        "executionEnvironments": [{"root": str(root)} for root in roots],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))

    run("pyright", "--project", tmp_path, "--pythonpath", sys.executable, cwd=tmp_path)
