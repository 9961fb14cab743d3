"""Services and pages say what a developer of this field would say: no refused word is used."""

from pathlib import Path

import pytest

from tests.support.matrix import ROOT, Combination
from tests.support.refused_words import refused_in
from tests.support.services import Services

TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".example", ".mako", ".ini", ""}
INSTALLED = {".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
# It tells of names as they were.
HISTORY = {"CHANGELOG.md"}
# The lists of words themselves.
LISTS = {
    "tests/support/refused_words.py",
    "tests/template/test_words.py",
    "extensions/reserved.jinja",
}
# Names that others gave, by the file that needs one.
GIVEN = {
    "tests/services/test_pgbouncer.py": '"nobody"',
    "tests/update/versions.py": "Update living services, and prove it version by version",
}
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("changes/*.md"),
    *ROOT.glob("extensions/*.jinja"),
    *ROOT.glob("tests/**/*.py"),
    ROOT / "copier.yml",
    ROOT / "Makefile",
]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


OWN = [path for path in sorted(PAGES) if name_of(path) not in HISTORY | LISTS]


def test_no_service_uses_a_refused_word(
    any_combination: Combination,
    services: Services,
) -> None:
    folder = services.render(any_combination)
    found = {
        path.relative_to(folder).as_posix(): refused_in(
            path.read_text("utf-8"), of_service=path.suffix == ".py"
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TEXTS and not INSTALLED & set(path.parts)
        if path.name != "uv.lock"
    }

    assert {path: words for path, words in found.items() if words} == {}


def test_no_name_of_a_file_is_a_refused_word(
    any_combination: Combination,
    services: Services,
) -> None:
    folder = services.render(any_combination)
    paths = (path.relative_to(folder) for path in folder.rglob("*.py"))
    names = [path.as_posix() for path in paths if not INSTALLED & set(path.parts)]

    assert [name for name in names if refused_in(name, of_service=True)] == []


@pytest.mark.parametrize("path", OWN, ids=name_of)
def test_no_page_of_this_repository_uses_a_refused_word(path: Path) -> None:
    given = GIVEN.get(name_of(path), "")
    text = path.read_text(encoding="utf-8")

    assert refused_in(text.replace(given, "") if given else text) == []
