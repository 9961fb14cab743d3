"""Release a version: `make release VERSION=0.1.0`. It checks, writes, commits and tags."""

import argparse
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tests.support.matrix import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
PROJECT = ROOT / "pyproject.toml"
CHANGES = ROOT / "changes"
A_VERSION = re.compile(r"^## \d", re.MULTILINE)
OWN_VERSION = re.compile(r'^version = "(.*)"$', re.MULTILINE)
FRAGMENT = re.compile(r"- \S.*\n(?:  \S.*\n)*?  To do: .*\n(?:  \S.*\n)*")


class NotReleasedError(SystemExit):
    """The release stops before anything is written; the message says why and what to do."""


def git(*arguments: str) -> str:
    """Run git and return what it prints."""
    command = ("git", *arguments)
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def checked_version(text: str) -> Version:
    """Return a version that is above every tag. Raises NotReleasedError where it is not."""
    try:
        version = Version(text)
    except InvalidVersion:
        raise NotReleasedError(f"{text!r} is no version; write one like 0.1.0") from None
    if str(version) != text:
        raise NotReleasedError(f"write {text} as {version}")
    last = max(map(Version, git("tag", "--list", "[0-9]*").split()), default=None)
    if last and version <= last:
        raise NotReleasedError(f"{version} is not above {last}, the last tag; take a higher one")
    return version


def check_tree() -> None:
    """Raise NotReleasedError where there is work that is not committed."""
    if changed := git("status", "--porcelain"):
        raise NotReleasedError(f"commit or stash this first:\n{changed}")


def fragments() -> list[Path]:
    """Return the changes to release. Raises NotReleasedError where one is missing or misshapen."""
    found = sorted(path for path in CHANGES.glob("*.md") if path.name != "README.md")
    if not found:
        raise NotReleasedError("changes/ has no change to release; describe one there")
    wrong = [one.name for one in found if not FRAGMENT.fullmatch(one.read_text(encoding="utf-8"))]
    if wrong:
        raise NotReleasedError(f"changes/README.md says how to write these: {', '.join(wrong)}")
    return found


def with_version(changelog: str, version: Version, entries: str, day: str) -> str:
    """Return the changelog with a version: its section if that waits there, else a new one."""
    heading = f"## {version}, {day}\n"
    waiting = f"## {version}, unreleased\n"
    if waiting not in changelog:
        first = A_VERSION.search(changelog)
        place = first.start() if first else len(changelog)
        return f"{changelog[:place]}{heading}\n{entries}\n{changelog[place:]}"
    before, _, rest = changelog.partition(waiting)
    older = A_VERSION.search(rest)
    place = older.start() if older else len(rest)
    text = rest[:place].rstrip("\n")
    older_text = f"\n{rest[place:]}" if older else ""
    return f"{before}{heading}{text}\n\n### Changes before it\n\n{entries}{older_text}"


def check_tests() -> None:
    """Raise NotReleasedError where `make test` fails."""
    if subprocess.run(["make", "test"], cwd=ROOT, check=False).returncode:
        raise NotReleasedError("the tests fail; nothing was written")


def write(version: Version, changes: list[Path]) -> None:
    """Write the version and the changelog, commit and tag."""
    entries = "".join(path.read_text(encoding="utf-8") for path in changes)
    day = datetime.now(UTC).date().isoformat()
    changelog = with_version(CHANGELOG.read_text(encoding="utf-8"), version, entries, day)
    CHANGELOG.write_text(changelog, encoding="utf-8")
    project = PROJECT.read_text(encoding="utf-8")
    new = OWN_VERSION.sub(f'version = "{version}"', project, count=1)
    PROJECT.write_text(new, encoding="utf-8")
    for path in changes:
        path.unlink()
    git("add", "--all")
    git("commit", "--quiet", f"--message=Release {version}")
    git("tag", "--annotate", f"--message=Release {version}", str(version))


def main() -> None:
    """Read the version, and release it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--skip-tests", action="store_true", help="only where they have just run")
    arguments = parser.parse_args()
    check_tree()
    version = checked_version(arguments.version)
    changes = fragments()
    if not arguments.skip_tests:
        check_tests()
    write(version, changes)
    sys.stdout.write(f"Released {version} here. Publish it: git push --follow-tags\n")


if __name__ == "__main__":
    main()
