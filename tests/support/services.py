"""Services made from the template: rendered as a user would, each in an environment of its own."""

import os
import shutil
import subprocess
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from copier import run_copy
from sqlalchemy import make_url

from tests.support.matrix import ROOT, Combination
from tests.support.servers import server_url

UV = shutil.which("uv") or str(ROOT / ".tools/bin/uv")
TAG = "0.1.0"
MYSQL_LIKE = {"mysql", "mariadb"}
# Variables of the caller that would reach into a service or its environment.
FOREIGN = (
    "DATABASE_",
    "TEST_DATABASE_URL",
    "VIRTUAL_ENV",
    "UV_PROJECT",
    "PYTEST_",
    "COPIER_",
    # tests/conftest.py says where bytecode goes.
    "PYTHONDONTWRITEBYTECODE",
)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a command within a service."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return own | dict(extra or {})


def run(
    *command: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
    given: str = "",
) -> str:
    """Run a command, return what it prints; fail the test, showing that, where it fails.

    `given` is what it can read from its standard input. Where it is pytest, its temporary folders
    lie beside the service: suites that run side by side would clear up the same ones.
    """
    beside = {"PYTEST_DEBUG_TEMPROOT": str(cwd.parent)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(beside | dict(env or {})),
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\nin {cwd}\n{done.stdout}", pytrace=False)
    return done.stdout


def lay_out(folder: Path) -> None:
    """Copy the working tree, untracked files too."""
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


def commit_all(folder: Path, message: str, tag: str = "") -> None:
    """Commit every file of a repository, and tag the commit if a tag is given."""
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    run("git", "add", "--all", "--force", cwd=folder)
    run("git", *author, "commit", "--quiet", "--allow-empty", f"--message={message}", cwd=folder)
    if tag:
        run("git", "tag", tag, cwd=folder)


def freeze(folder: Path) -> Path:
    """Copy the working tree into a repository with a tag; return it."""
    lay_out(folder)
    run("git", "init", "--quiet", cwd=folder)
    commit_all(folder, "A version", tag=TAG)
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
    # Where all workers keep what they render, so that no combination is rendered twice.
    shared: Path
    rendered: dict[Combination, Path] = field(default_factory=dict)
    installed: set[Combination] = field(default_factory=set)
    # By what pyproject.toml says: a service that has it installed.
    alike: dict[str, Path] = field(default_factory=dict)

    def render(self, combination: Combination) -> Path:
        """Return the folder of a service."""
        if combination not in self.rendered:
            target = self.folder / str(combination)
            self.rendered[combination] = shutil.copytree(self._pristine(combination), target)
        return self.rendered[combination]

    def _pristine(self, combination: Combination) -> Path:
        kept = self.shared / str(combination)
        if not kept.exists():
            made = render(self.template, self.folder / f"new-{combination}", combination.answers)
            # Fails where another worker was faster; then both have made the same.
            with suppress(OSError):
                made.rename(kept)
        return kept

    def install(self, combination: Combination) -> Path:
        """Return the folder of a service that has exactly its own dependencies installed."""
        service = self.render(combination)
        if combination not in self.installed:
            needs = package_data(service)
            if needs in self.alike:
                # What is needed is the same, so is what was found for it.
                shutil.copy2(self.alike[needs] / "uv.lock", service)
            run(UV, "sync", "--quiet", cwd=service)
            self.alike.setdefault(needs, service)
            self.installed.add(combination)
        return service

    def python(self, combination: Combination) -> Path:
        """Return the interpreter of a service."""
        return self.install(combination) / ".venv/bin/python"

    def python_alike(self, combination: Combination) -> Path:
        """Return an interpreter with the packages that a service needs, no more and no fewer.

        It can be that of another service, which it imports unless it is run in this one's folder.
        """
        needs = package_data(self.render(combination))
        if needs not in self.alike:
            self.install(combination)
        return self.alike[needs] / ".venv/bin/python"


def package_data(service: Path) -> str:
    """Return what decides which packages a service needs."""
    return (service / "pyproject.toml").read_text(encoding="utf-8")


def suite_environment(combination: Combination) -> dict[str, str]:
    """Return the variables that lead a bundled suite to its server."""
    url = server_url(combination.database)
    if combination.concurrency == "sync" and combination.database in MYSQL_LIKE:
        # Their driver reads every certificate that the system trusts for each connection, which
        # takes longer than most tests. Services that are started here speak TLS.
        without_tls = make_url(url).update_query_dict({"ssl_disabled": "true"})
        url = without_tls.render_as_string(hide_password=False)
    return {"TEST_DATABASE_URL": url} if url else {}
