"""What the tests of updates share: every version in one repository, and fresh copies of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.matrix import Combination
from tests.update.project import copy
from tests.update.versions import build_history

Fresh = Callable[[str, Combination], Path]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every version of the template, the working tree as the newest."""
    return build_history(tmp_path_factory.mktemp("history") / "template")


@pytest.fixture(scope="session")
def fresh(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Copy a version, each with its answers once."""
    folder = tmp_path_factory.mktemp("fresh")

    def copy_once(version: str, combination: Combination) -> Path:
        target = folder / f"{version}-{combination}"
        if not target.exists():
            copy(history, target, version, combination.answers)
        return target

    return copy_once
