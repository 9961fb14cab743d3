"""Every version of the template in one repository, whether this one has tags or not."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet

from tests.support.matrix import QUESTIONS, ROOT, Combination, all_combinations, covering
from tests.support.services import commit_all, lay_out, run

# What was there before the first release, by the subjects of its commits.
BEFORE_RELEASES = {
    "0.1.0.dev1": "Let the demo name the method it used",
    "0.1.0.dev2": "Update living services, and prove it version by version",
    "0.1.0.dev3": "Give services few rooms, named by the terms of the field",
}
# Before it files moved, and tables and settings got other names: no update carries an owner's edits
# across that. Since then each version does.
STABLE_SINCE = "0.1.0.dev3"
COMMIT = re.compile(r"^(\w+) (.*)$", re.MULTILINE)
RELEASE = re.compile(r"Release (\d[\w.]*)")
# The working tree, above any release.
NEWEST = "1000.0.0"


def git(*arguments: str, cwd: Path = ROOT) -> str:
    """Run git for what it prints; what fails prints nothing."""
    command = ("git", *arguments)
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False).stdout


def earlier_versions(source: Path = ROOT) -> dict[str, str]:
    """Return the commit of each version before the working tree, the oldest first."""
    commits = COMMIT.findall(git("log", "--reverse", "--format=%H %s", cwd=source))
    by_subject = {subject: commit for commit, subject in commits}
    before = {version: by_subject.get(name, "") for version, name in BEFORE_RELEASES.items()}
    releases = ((RELEASE.fullmatch(subject), commit) for commit, subject in commits)
    return before | {release[1]: commit for release, commit in releases if release}


def stable_versions() -> list[str]:
    """Return the versions from which an update keeps the owner's edits, the oldest first."""
    versions = [*earlier_versions()]
    return versions[versions.index(STABLE_SINCE) :]


def build_history(folder: Path, source: Path = ROOT) -> Path:
    """Clone a repository, tag its versions, and add the working tree as the newest one."""
    run("git", "clone", "--quiet", "--no-tags", source, folder, cwd=ROOT)
    for version, commit in earlier_versions(source).items():
        if not commit:
            pytest.fail(
                f"version {version} of the template is not in this repository's history; "
                "get the whole of it: git fetch --unshallow",
                pytrace=False,
            )
        run("git", "tag", version, commit, cwd=folder)
    run("git", "rm", "--quiet", "-r", ".", cwd=folder)
    lay_out(folder)
    commit_all(folder, "The working tree", tag=NEWEST)
    return folder


def add_version(history: Path, version: str, changes: Mapping[str, tuple[str, str]]) -> None:
    """Add a version in which one text stands in place of another, file by file."""
    for name, (old, new) in changes.items():
        text = (history / "template" / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        (history / "template" / name).write_text(text.replace(old, new), encoding="utf-8")
    commit_all(history, f"Version {version}", tag=version)


def offered(version: str) -> list[Combination]:
    """Return the combinations whose answers a version has: all, where its commit is not here."""
    commit = earlier_versions().get(version, "")
    asked = yaml.safe_load(git("show", f"{commit}:copier.yml")) if commit else None
    return [one for one in all_combinations() if _offers(asked or QUESTIONS, one)]


def _offers(asked: dict[str, Any], combination: Combination) -> bool:
    return all(
        value in asked[name]["choices"].values()
        for name, value in combination.answers.items()
        if "choices" in asked[name]
    )


def cases(*versions: str, strength: int) -> list[ParameterSet]:
    """Return versions as parameters of a test, each with a few that cover its answers."""
    return [
        pytest.param(version, one, id=f"{version}-{one}")
        for version in versions
        for one in covering(offered(version), strength)
    ]
