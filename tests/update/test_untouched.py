"""A service without edits is, after an update, what a fresh copy would be."""

import random
from pathlib import Path

import pytest

from tests.conftest import ANY_TWO_ANSWERS
from tests.support.matrix import Combination, all_combinations
from tests.update.conftest import Fresh
from tests.update.project import CONTEXT_LINES, Project, different, files, is_users
from tests.update.versions import NEWEST, cases, stable_versions

pytestmark = pytest.mark.heavy
SEED = 5
TRANSITIONS = 40


def transitions() -> list[tuple[Combination, Combination]]:
    """Return pairs of different combinations: random ones, the same in each run."""
    combinations = all_combinations()
    pairs = [(one, other) for one in combinations for other in combinations if one != other]
    return random.Random(SEED).sample(pairs, TRANSITIONS)  # noqa: S311


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take versions with a few answers, under --full with more, and transitions between answers."""
    if "version" in metafunc.fixturenames:
        strength = 2 if metafunc.config.getoption("full") else 1
        found = cases(*stable_versions(), strength=strength)
        metafunc.parametrize(("version", "chosen"), found)
    if "old" in metafunc.fixturenames:
        metafunc.parametrize(("old", "new"), transitions(), ids=str)


def assert_updated(project: Project, before: dict[str, bytes], expected: Path) -> None:
    """Fail unless a service is byte for byte a fresh copy, but for what is the user's."""
    now, wanted = files(project.folder), files(expected)

    assert [name for name in different(now, wanted) if not is_users(name)] == []
    assert [name for name in different(now, before) if is_users(name)] == []
    assert project.conflicts | project.unmerged == set()


def test_update_from_an_earlier_version_equals_a_fresh_copy(
    version: str,
    chosen: Combination,
    history: Path,
    fresh: Fresh,
    tmp_path: Path,
) -> None:
    project = Project.start(history, tmp_path / "service", version, chosen.answers)
    before = files(project.folder)

    project.update()

    assert_updated(project, before, fresh(NEWEST, chosen))


def test_update_with_other_answers_equals_a_fresh_copy(
    old: Combination,
    new: Combination,
    history: Path,
    fresh: Fresh,
    tmp_path: Path,
) -> None:
    project = Project.start(history, tmp_path / "service", NEWEST, old.answers)
    before = files(project.folder)

    project.update(**new.answers)

    assert_updated(project, before, fresh(NEWEST, new))


def test_context_is_larger_than_every_file(fresh: Fresh) -> None:
    """Or the file has no line twice, so that no edit can land beside another one."""
    services = [files(fresh(NEWEST, chosen)) for chosen in ANY_TWO_ANSWERS]
    lines = {
        name: [line for line in text.splitlines() if line]
        for service in services
        for name, text in service.items()
    }
    long = {name for name, found in lines.items() if len(found) >= CONTEXT_LINES}

    assert [name for name in long if len(set(lines[name])) != len(lines[name])] == []
