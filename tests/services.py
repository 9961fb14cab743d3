"""Services made from the template: rendered as a user would, each in an environment of its own."""

import os
import shutil
import subprocess
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from copier import run_copy

from tests.matrix import ROOT, Combination
from tests.servers import server_url

UV = shutil.which("uv") or str(ROOT / ".tools/bin/uv")
TAG = "0.1.0"
# Variables of the caller that would reach into a service or its environment.
FOREIGN = ("DATABASE_", "TEST_DATABASE_URL", "VIRTUAL_ENV", "UV_PROJECT", "PYTEST_", "COPIER_")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a command within a service."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return own | {"PYTHONDONTWRITEBYTECODE": "1"} | dict(extra or {})


def run(
    *command: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> str:
    """Run a command, return what it prints; fail the test, showing that, where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\nin {cwd}\n{done.stdout}", pytrace=False)
    return done.stdout


def freeze(folder: Path) -> Path:
    """Copy the working tree, untracked files too, into a repository with a tag; return it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all", "--force"),
        (*author, "commit", "--quiet", "--message=A version"),
        ("tag", TAG),
    ):
        run("git", *arguments, cwd=folder)
    return folder


def render(template: Path, target: Path, answers: Mapping[str, Any]) -> Path:
    """Make a service without a question and without trust; return its folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run_copy(
            str(template),
            target,
            data=dict(answers),
            defaults=True,
            overwrite=True,
            quiet=True,
            unsafe=False,
        )
    return target


@dataclass
class Services:
    """The services of one test run, each rendered and installed when it is first asked for."""

    template: Path
    folder: Path
    rendered: dict[Combination, Path] = field(default_factory=dict)
    installed: set[Combination] = field(default_factory=set)

    def render(self, combination: Combination) -> Path:
        """Return the folder of a service."""
        if combination not in self.rendered:
            target = self.folder / str(combination)
            self.rendered[combination] = render(self.template, target, combination.answers)
        return self.rendered[combination]

    def install(self, combination: Combination) -> Path:
        """Return the folder of a service that has exactly its own dependencies installed."""
        service = self.render(combination)
        if combination not in self.installed:
            run(UV, "sync", "--quiet", cwd=service)
            self.installed.add(combination)
        return service

    def python(self, combination: Combination) -> Path:
        """Return the interpreter of a service."""
        return self.install(combination) / ".venv/bin/python"


def suite_environment(combination: Combination) -> dict[str, str]:
    """Return the variables that lead a bundled suite to its server."""
    url = server_url(combination.database)
    return {"TEST_DATABASE_URL": url} if url else {}
