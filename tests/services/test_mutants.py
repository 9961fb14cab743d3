"""Each test that shows a control can fail: it does so when the control is taken out.

tests/services/mutants.yml tells what to take out, and which tests must fail then.
"""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.test_controls import KINDS, ROWS, SHOPS, named
from tests.support.matrix import ROOT
from tests.support.services import UV, Services, environment, run

FILE = ROOT / "tests/services/mutants.yml"
ALONE = ("--numprocesses=0", "--dist=no", "-p", "no:cacheprovider", "-rf")
TESTS_FAILED = 1
# A line of the summary: a test, whatever its parameters.
FAILED = re.compile(r"^FAILED (\S+?::\w+)", re.MULTILINE)
TIMEOUT_SECONDS = 300
# Without --full one of so many is made.
SAMPLE = 40
# What a broken mutant raises: with it a test would fail whatever it is about.
BROKEN = re.compile(
    r"\b(?:AttributeError|ImportError|IndentationError|ModuleNotFoundError|NameError"
    r"|SyntaxError|TypeError|UnboundLocalError)\b",
)


@dataclass(frozen=True)
class Change:
    """Something else in the place of a text."""

    file: str
    text: str
    instead: str

    def made_in(self, text: str) -> str:
        """Return what a file becomes."""
        return text.replace(self.text, self.instead)


@dataclass(frozen=True)
class Mutant:
    """A control that is taken out, and the tests that must notice."""

    without: str
    changes: tuple[Change, ...]
    kinds: tuple[str, ...]
    fails: frozenset[str]

    def failing(self, kind: str) -> frozenset[str]:
        """Return the tests that must fail in a service of this kind."""
        return self.fails & shown(kind)


def shown(kind: str) -> set[str]:
    """Return the tests by which a service of this kind shows its controls."""
    rows = [row for row in ROWS if kind in KINDS[row[2]]]
    return {f"{file}::{test}" for row in rows for file, test in named(row)}


def read_change(entry: dict[str, Any]) -> Change:
    return Change(entry["file"], entry["text"], entry.get("instead", ""))


def read_mutant(entry: dict[str, Any]) -> Mutant:
    changes = [entry, entry["also"]] if "also" in entry else [entry]
    return Mutant(
        entry["without"],
        tuple(map(read_change, changes)),
        (entry["kind"],) if "kind" in entry else tuple(SHOPS),
        frozenset(entry["fails"]),
    )


MUTANTS = [read_mutant(entry) for entry in yaml.safe_load(FILE.read_text(encoding="utf-8"))]
# One worker has all of a kind, so that its packages are installed once.
CASES = [
    pytest.param(
        one,
        kind,
        id=f"{kind}: {one.without}",
        marks=pytest.mark.xdist_group(SHOPS[kind].dependency_set),
    )
    for kind in SHOPS
    for one in MUTANTS
    if kind in one.kinds
]

each_case = pytest.mark.parametrize(("mutant", "kind"), CASES)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "full_mutant" in metafunc.fixturenames:
        chosen = CASES if metafunc.config.getoption("full") else CASES[::SAMPLE]
        metafunc.parametrize(("full_mutant", "kind"), chosen)


def test_mutants_differ() -> None:
    assert len({one.without for one in MUTANTS}) == len(MUTANTS)
    assert len({one.changes for one in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("kind", SHOPS)
def test_mutants_cover_exactly_the_tests_of_controls(kind: str) -> None:
    own = [one for one in MUTANTS if kind in one.kinds]
    known = set[str]().union(*map(shown, SHOPS))

    assert sorted(shown(kind) - set[str]().union(*(one.fails for one in own))) == []
    assert sorted(set[str]().union(*(one.fails for one in own)) - known) == []
    assert [one.without for one in own if not one.failing(kind)] == []


@each_case
def test_mutated_text_is_in_the_file_once(
    mutant: Mutant,
    kind: str,
    services: Services,
) -> None:
    service = services.render(SHOPS[kind])
    for change in mutant.changes:
        text = (service / change.file).read_text(encoding="utf-8")

        assert text.count(change.text) == 1
        # What remains is another program, and one that can be read.
        compile(change.made_in(text), change.file, "exec")
        assert ast.dump(ast.parse(change.made_in(text))) != ast.dump(ast.parse(text))


@pytest.mark.heavy
def test_tests_fail_on_mutant(
    full_mutant: Mutant,
    kind: str,
    services: Services,
) -> None:
    python, service = services.python_alike(SHOPS[kind]), copied(kind, services)
    tests = sorted(full_mutant.failing(kind))
    with ExitStack() as applied:
        for change in full_mutant.changes:
            applied.enter_context(made(change, service))
        done = subprocess.run(
            [python, "-m", "pytest", *ALONE, *tests],
            cwd=service,
            # No bytecode of a file as it was a moment ago.
            env=environment({"PYTHONDONTWRITEBYTECODE": "1"}),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    assert done.returncode == TESTS_FAILED, done.stdout + done.stderr
    assert sorted(set(tests) - failed(done.stdout)) == [], done.stdout
    assert set(BROKEN.findall(done.stdout)) == set(), done.stdout


def copied(kind: str, services: Services) -> Path:
    """Return a copy of a service for mutants."""
    copy = services.folder / f"mutants-{kind}"
    if not copy.exists():
        installed = shutil.ignore_patterns(".venv")
        shutil.copytree(services.render(SHOPS[kind]), copy, ignore=installed)
        # Its packages are compiled once, instead of at each start.
        home = services.python_alike(SHOPS[kind]).parents[2]
        run(UV, "sync", "--quiet", "--compile-bytecode", cwd=home)
    return copy


@contextmanager
def made(change: Change, service: Path) -> Iterator[None]:
    """Make a change, and undo it."""
    file = service / change.file
    text = file.read_text(encoding="utf-8")
    file.write_text(change.made_in(text), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def failed(output: str) -> set[str]:
    """Return the tests that failed; not those that had an error before they began."""
    return set(FAILED.findall(output))
