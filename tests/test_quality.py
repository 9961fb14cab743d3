"""Every service is clean as rendered: formatted, linted, typed, compiled; nothing is fixed after."""

import json
from pathlib import Path

from tests.matrix import Combination, all_combinations
from tests.services import Services, run

TOOLS = ("-m", "ruff", "-m", "mypy")


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
    any_combination: Combination,
    services: Services,
) -> None:
    python = services.python(any_combination)
    program = "from app.main import create_app; print(create_app().openapi()['openapi'])"

    output = run(python, "-c", program, cwd=services.render(any_combination))

    assert output.startswith("3.1")


def test_mypy_finds_nothing(
    any_combination: Combination,
    services: Services,
    tmp_path_factory: object,
) -> None:
    python = services.python(any_combination)
    folder = services.render(any_combination)

    cache = f"--cache-dir={services.folder / any_combination.dependency_set}-mypy"
    run("mypy", cache, f"--python-executable={python}", cwd=folder)


def test_pyright_finds_nothing(dependency_set: str, services: Services, tmp_path: Path) -> None:
    members = [one for one in all_combinations() if one.dependency_set == dependency_set]
    python = services.python(members[0])
    roots = [services.render(one) for one in members]
    config = {
        "typeCheckingMode": "strict",
        "include": [f"{root}/{part}" for root in roots for part in ("app", "migrations/env.py", "tests")],
        "executionEnvironments": [{"root": str(root), "extraPaths": [str(root)]} for root in roots],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))

    run("pyright", "--project", tmp_path, "--pythonpath", python, cwd=tmp_path)
