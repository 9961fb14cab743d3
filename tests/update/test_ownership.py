"""The owner of each file: copier.yml, its table, the page and what happens are the same."""

import re
from pathlib import Path

import pathspec
import pytest

from tests.support.jinja import TEMPLATE, template_files
from tests.support.markdown import page, words
from tests.support.matrix import QUESTIONS, ROOT, Combination
from tests.update.conftest import Fresh
from tests.update.project import Project, files, is_users
from tests.update.versions import NEWEST

SHOP = Combination("sqlite", "async", "none", "shop", repository=True)
OWNERS = page("docs/reference/files.md").column("Files", of="Owner")
A_LIST = re.compile(r"^[# -]*(Your own .* below this line\.)$", re.MULTILINE)
LISTS = {
    ".env.example",
    "app/cli.py",
    "app/config.py",
    "app/main.py",
    "app/models/__init__.py",
    "app/routers.py",
    "pyproject.toml",
    "tests/test_config.py",
}


def matching(patterns: list[str]) -> set[str]:
    """Return the files of the template that patterns match."""
    spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    names = {path.relative_to(TEMPLATE).as_posix() for path in template_files()}
    return {name for name in names if spec.match_file(name)}


def test_skipped_files_are_those_documented_as_the_owners() -> None:
    skipped = QUESTIONS["_skip_if_exists"]
    comment = re.search(r"^#   user +(\S+)", (ROOT / "copier.yml").read_text(), re.MULTILINE)

    assert comment
    assert matching(skipped) == matching([comment[1]]) == matching(words(OWNERS["user"]))
    assert {name for name in matching(["*"]) if is_users(name)} == matching(skipped)


def test_skipped_files_are_excluded_from_updates() -> None:
    entries = [one for one in QUESTIONS["_exclude"] if '_copier_operation == "update"' in one]
    excluded = [line for one in entries for line in one.split() if line.startswith("/")]

    assert excluded == QUESTIONS["_skip_if_exists"]


def test_every_owner_is_in_the_comment() -> None:
    text = (ROOT / "copier.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"^#   (\w+) +\S", text, re.MULTILINE)) == set(OWNERS)


def test_every_shared_list_has_its_marker_line(fresh: Fresh) -> None:
    found = {k for k, v in files(fresh(NEWEST, SHOP)).items() if A_LIST.search(v.decode())}
    told = page("docs/how-to/resolve-a-conflict.md").section("Have fewer of them")

    assert found == LISTS
    assert [name for name in LISTS if f"`{name}`" not in told] == []


@pytest.mark.parametrize("edit", ["deleted", "edited"])
def test_update_leaves_revisions_unchanged(edit: str, history: Path, tmp_path: Path) -> None:
    project = Project.start(history, tmp_path / "service", "0.1.0.dev2", SHOP.answers)
    revision = project.folder / "migrations/versions/0002_seed_categories.py"
    if edit == "deleted":
        revision.unlink()
    else:
        revision.write_text('"""Mine."""\n', encoding="utf-8")
    project.commit()
    before = {k: v for k, v in files(project.folder).items() if is_users(k)}

    project.update()

    assert {k: v for k, v in files(project.folder).items() if is_users(k)} == before


def test_first_copy_has_revisions(fresh: Fresh) -> None:
    assert any(is_users(name) for name in files(fresh(NEWEST, SHOP)))
