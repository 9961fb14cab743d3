"""Whatever happens to an update, what the owner has stays, and the next update ends well."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from copier import run_recopy
from copier.errors import UserMessageError

from tests.support.matrix import ROOT, Combination
from tests.support.services import environment, run
from tests.update.edits import EDITS, replace
from tests.update.interrupted_update import KILLED
from tests.update.project import Project, different, files, is_users
from tests.update.versions import NEWEST, git

pytestmark = pytest.mark.heavy
EMPTY = Combination("postgresql", "sync", "none", "none", repository=True)
OLD = "0.1.0.dev2"
# Files of the service, about: an update writes them three times, the second time in the service.
FILES = 75
MOMENTS = {
    "while it makes the old copy": str(FILES // 2),
    "while it writes into the service": str(FILES + FILES // 2),
    "while it makes the new copy": str(FILES * 2 + FILES // 2),
    "before it puts the edits back": "dircmp",
    "before it deletes files": "_remove_old_files",
}
# What the page about updates says for an update that did not end.
UNDO = [("git", "reset", "--quiet", "--hard"), ("git", "clean", "--quiet", "-fd")]
ENV_FILE = "SECRET=kept\n"


@pytest.fixture
def edited(history: Path, tmp_path: Path) -> Callable[[str], Project]:
    """Make services of an old version, all edited in the same way, with a secret out of git."""

    def make(name: str) -> Project:
        project = Project.start(history, tmp_path / name, OLD, EMPTY.answers)
        for edit in EDITS:
            edit(project.folder)
        project.commit()
        (project.folder / ".env").write_text(ENV_FILE, encoding="utf-8")
        return project

    return make


@pytest.fixture
def updated(edited: Callable[[str], Project]) -> dict[str, bytes]:
    """The files of a service after an update that nothing disturbed."""
    project = edited("undisturbed")
    project.update()
    return files(project.folder)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_killed_update_can_be_undone_and_repeated(
    moment: str,
    edited: Callable[[str], Project],
    updated: dict[str, bytes],
) -> None:
    project = edited("killed")
    before = files(project.folder)
    head = git("rev-parse", "HEAD", cwd=project.folder)

    command = (sys.executable, "-m", "tests.update.interrupted_update", moment, NEWEST)
    killed = subprocess.run(
        command,
        cwd=project.folder,
        env=environment({"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert killed.returncode == KILLED, killed.stderr
    assert git("rev-parse", "HEAD", cwd=project.folder) == head
    for undo in UNDO:
        run(*undo, cwd=project.folder)
    assert different(files(project.folder), before) == []
    project.update()
    assert different(files(project.folder), updated) == []


def test_uncommitted_work_is_left_alone(edited: Callable[[str], Project]) -> None:
    project = edited("dirty")
    replace(project.folder, "app/config.py", "5_000_000", "6_000_000")
    before = files(project.folder)

    with pytest.raises(UserMessageError, match="Destination repository is dirty"):
        project.update()

    assert different(files(project.folder), before) == []


def test_second_update_changes_nothing(edited: Callable[[str], Project]) -> None:
    project = edited("twice")
    project.update()
    git("checkout", "--ours", "--", *sorted(project.conflicts), cwd=project.folder)
    project.commit()
    before = files(project.folder)

    project.update()

    assert project.conflicts == set()
    assert different(files(project.folder), before) == []


def test_recopy_keeps_revisions_and_leaves_the_rest_to_git(
    edited: Callable[[str], Project],
    fresh: Callable[[str, Combination], Path],
) -> None:
    project = edited("recopied")
    user = files(project.folder)

    run_recopy(project.folder, vcs_ref=NEWEST, defaults=True, overwrite=True, quiet=True)

    after = files(project.folder)
    template = files(fresh(NEWEST, EMPTY))
    own = {name for name in user if is_users(name) or name not in template}
    assert {name: after[name] for name in own} == {name: user[name] for name in own}
    assert different({k: v for k, v in after.items() if k not in own}, template) == []
    for undo in UNDO:
        run(*undo, cwd=project.folder)
    assert different(files(project.folder), user) == []
