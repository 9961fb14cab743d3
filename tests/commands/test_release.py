"""A release checks everything before it writes anything, then writes, commits and tags."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.release import CHANGES, FRAGMENT
from tests.support.matrix import ROOT
from tests.support.services import commit_all, environment, lay_out, run

VERSION = "900.1.0"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
}
ENTRY = "- Logs are shorter.\n  To do: nothing.\n"
SKIP = ("--skip-tests",)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The repository as it lies here, with a change to release and an earlier tag."""
    run("git", "init", "--quiet", tmp_path, cwd=ROOT)
    lay_out(tmp_path)
    (tmp_path / "changes/shorter-logs.md").write_text(ENTRY, encoding="utf-8")
    commit_all(tmp_path, "Work", tag="900.0.0")
    return tmp_path


def release(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a repository."""
    return subprocess.run(
        [sys.executable, "-m", "tests.commands.release", *arguments],
        cwd=repository,
        env=environment(IDENTITY),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def state(repository: Path) -> str:
    return run("git", "log", "--oneline", "--decorate", cwd=repository) + run(
        "git", "status", "--porcelain", cwd=repository
    )


def test_a_release_writes_commits_and_tags(repository: Path) -> None:
    done = release(repository, VERSION, *SKIP)

    assert done.returncode == 0, done.stderr
    assert run("git", "describe", cwd=repository).strip() == VERSION
    assert run("git", "log", "-1", "--format=%s", cwd=repository).strip() == f"Release {VERSION}"
    assert run("git", "status", "--porcelain", cwd=repository) == ""
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## {re.escape(VERSION)}, \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert heading
    assert heading.start() < changelog.index(ENTRY) < changelog.index("## 0.1.0")
    assert f'version = "{VERSION}"' in (repository / "pyproject.toml").read_text(encoding="utf-8")
    assert [one.name for one in (repository / "changes").iterdir()] == ["README.md"]


def test_waiting_section_is_released_with_its_text(repository: Path) -> None:
    changelog = repository / "CHANGELOG.md"
    sections = (f"## {VERSION}, unreleased", "The text.", "## 0.0.9, 2020-01-01", "Old.")
    changelog.write_text("\n\n".join(("# Changelog", *sections, "")), encoding="utf-8")
    commit_all(repository, "Wait")

    assert release(repository, VERSION, *SKIP).returncode == 0

    text = changelog.read_text(encoding="utf-8")
    assert "unreleased" not in text
    assert text.index("The text.") < text.index(ENTRY) < text.index("## 0.0.9")


REFUSED = {
    "not a version": ("one", "is no version"),
    "not as PEP 440 writes it": ("900.1.0-rc1", "write 900.1.0-rc1 as 900.1.0rc1"),
    "the last tag": ("900.0.0", "not above 900.0.0"),
    "below the last tag": ("0.1.0", "not above 900.0.0"),
}


@pytest.mark.parametrize(("version", "message"), REFUSED.values(), ids=REFUSED)
def test_invalid_version_is_refused(version: str, message: str, repository: Path) -> None:
    assert_refused(repository, version, message)


def test_uncommitted_work_stops_a_release(repository: Path) -> None:
    (repository / "README.md").write_text("changed\n", encoding="utf-8")

    assert_refused(repository, VERSION, "commit or stash")


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "no change to release"), ("- No word of what to do.\n", "shorter-logs.md")],
)
def test_missing_or_malformed_change_stops_a_release(
    text: str | None,
    message: str,
    repository: Path,
) -> None:
    for path in (repository / "changes").glob("*.md"):
        if path.name != "README.md":
            path.unlink()
    if text:
        (repository / "changes/shorter-logs.md").write_text(text, encoding="utf-8")
    commit_all(repository, "Change the changes")

    assert_refused(repository, VERSION, message)


def test_failing_tests_stop_a_release(repository: Path) -> None:
    (repository / "Makefile").write_text("test:\n\tfalse\n", encoding="utf-8")
    commit_all(repository, "Break the tests")

    assert_refused(repository, VERSION, "the tests fail")


def assert_refused(repository: Path, version: str, message: str) -> None:
    """Fail unless a release says why it stops, and leaves everything as it is."""
    before = state(repository)
    arguments = () if "tests fail" in message else SKIP

    done = release(repository, version, *arguments)

    assert done.returncode
    assert message in done.stderr
    assert state(repository) == before


def test_every_change_here_is_well_formed() -> None:
    changes = [one for one in CHANGES.glob("*.md") if one.name != "README.md"]

    assert [one.name for one in changes if not FRAGMENT.fullmatch(one.read_text())] == []
