"""A service that its owner has edited keeps every line of the edits, each in its place."""

from pathlib import Path

import pytest

from tests.support.matrix import Combination
from tests.update.conftest import Fresh
from tests.update.edits import EDITS
from tests.update.merging import expected, lost, moved
from tests.update.project import MARKER, Project, different, files
from tests.update.versions import NEWEST, cases, stable_versions

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize(("version", "chosen"), cases(*stable_versions(), NEWEST, strength=1))
def test_no_line_of_the_owner_is_lost_or_moved(
    version: str,
    chosen: Combination,
    history: Path,
    fresh: Fresh,
    tmp_path: Path,
) -> None:
    project, base = edited(history, tmp_path / "service", version, chosen)
    user = files(project.folder)

    project.update()

    after = files(project.folder)
    template = files(fresh(NEWEST, chosen))
    (tmp_path / "merge").mkdir()
    merge = expected(user, base, template, tmp_path / "merge")
    assert lost(base, user, after) == {}
    assert moved(base, user, after) == []
    assert different(merge, after) == []
    assert project.conflicts == project.unmerged == with_markers(merge)
    assert project.conflicts <= changed(base, user) & changed(base, template)


def edited(
    history: Path,
    folder: Path,
    version: str,
    chosen: Combination,
) -> tuple[Project, dict[str, bytes]]:
    """Return a service with all edits, committed, and its files as they were before."""
    project = Project.start(history, folder, version, chosen.answers)
    base = files(folder)
    for edit in EDITS:
        edit(folder)
    project.commit()
    return project, base


def with_markers(merge: dict[str, bytes]) -> set[str]:
    return {name for name, text in merge.items() if f"\n{MARKER}".encode() in text}


def changed(base: dict[str, bytes], side: dict[str, bytes]) -> set[str]:
    """Return the files that one side has changed or added."""
    return {name for name, text in side.items() if text != base.get(name)}
