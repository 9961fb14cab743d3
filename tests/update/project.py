"""A service as its owner has it: in git, edited, updated."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copier import run_copy, run_update

from tests.support.services import commit_all, run
from tests.update.versions import NEWEST, git

# The documented command is `copier update -c 1000`.
CONTEXT_LINES = 1000
# What the table in copier.yml gives to the user.
USER_OWNED = ("migrations/versions/",)
NOT_OF_THE_SERVICE = {".git", ".venv", "uv.lock", "__pycache__", ".ruff_cache", ".pytest_cache"}
MARKER = "<<<<<<< "


def copy(history: Path, folder: Path, version: str, answers: Mapping[str, Any]) -> Path:
    """Make a service from a version, without a question and without trust."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run_copy(
            str(history),
            folder,
            data=dict(answers),
            vcs_ref=version,
            defaults=True,
            quiet=True,
            unsafe=False,
        )
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a service by their path, without what git and an installation add."""
    found = ((path.relative_to(folder), path) for path in folder.rglob("*") if path.is_file())
    return {
        name.as_posix(): path.read_bytes()
        for name, path in found
        if not NOT_OF_THE_SERVICE & set(name.parts)
    }


def different(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def is_users(name: str) -> bool:
    """Tell whether a file is the user's alone."""
    return name.startswith(USER_OWNED)


@dataclass(frozen=True)
class Project:
    """A service in a repository of its own."""

    folder: Path

    @staticmethod
    def start(history: Path, folder: Path, version: str, answers: Mapping[str, Any]) -> "Project":
        """Make a service from a version and commit it."""
        run("git", "init", "--quiet", folder, cwd=history)
        copy(history, folder, version, answers)
        project = Project(folder)
        project.commit()
        return project

    def commit(self) -> None:
        """Commit everything."""
        run("git", "add", "--all", cwd=self.folder)
        commit_all(self.folder, "Work")

    def update(self, *, version: str = NEWEST, lines: int = CONTEXT_LINES, **answers: Any) -> None:
        """Update to a version, with other answers if some are given."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run_update(
                self.folder,
                data=answers,
                vcs_ref=version,
                defaults=True,
                overwrite=True,
                quiet=True,
                unsafe=False,
                context_lines=lines,
            )

    @property
    def conflicts(self) -> set[str]:
        """The files that the documented search finds."""
        found = git("grep", "--name-only", f"^{MARKER}", cwd=self.folder)
        return set(found.splitlines())

    @property
    def unmerged(self) -> set[str]:
        """The files that git itself holds for unmerged, and so refuses to commit."""
        found = git("diff", "--name-only", "--diff-filter=U", cwd=self.folder)
        return set(found.splitlines())
