"""The template is sound in itself: each file valid as it lies, names known, conditions few."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pathspec
import pytest
import yaml
from jinja2 import meta, nodes

from tests.jinja import TEMPLATE, template_files
from tests.matrix import QUESTIONS, ROOT
from tests.test_extensions import ENVIRONMENT

FILES = template_files()
PYTHON = [file for file in FILES if file.suffix == ".py"]
EXTENSIONS = sorted((ROOT / "extensions").glob("*.jinja"))
COPIER_NAMES = {"_copier_answers", "_copier_conf", "_copier_operation", "_folder_name"}
ANSWERS = {name for name in QUESTIONS if not name.startswith("_")}
TAG = re.compile(r"^\s*# \{%.*%\}$")
# What the budget does not count: it says where code comes from, not when it is there.
UNCOUNTED = re.compile(r"# \{% (from .* import |call |endcall |include )")
ILLEGAL_ON_WINDOWS = re.compile(
    r'[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE
)


def label(file: Path) -> str:
    return str(file.relative_to(ROOT))


def tags(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text().splitlines() if TAG.match(line)]


def counted(file: Path) -> int:
    return sum(not UNCOUNTED.match(tag) for tag in tags(file))


@pytest.mark.parametrize("file", FILES, ids=label)
def test_a_file_is_valid_in_its_own_language(file: Path) -> None:
    text = file.read_text()
    if file.suffix == ".py":
        ast.parse(text)
    elif file.suffix == ".toml":
        tomllib.loads(text)
    elif file.suffix in {".yaml", ".yml"}:
        yaml.safe_load(text)


@pytest.mark.parametrize("file", [*FILES, *EXTENSIONS], ids=label)
def test_a_file_is_a_template_that_uses_known_names_only(file: Path) -> None:
    parsed = ENVIRONMENT.parse(file.read_text())

    undeclared = meta.find_undeclared_variables(parsed)

    assert undeclared <= ANSWERS | COPIER_NAMES | {"caller"}


def test_every_answer_and_derived_value_is_used() -> None:
    text = (ROOT / "copier.yml").read_text()
    for file in FILES:
        text += file.read_text()

    unused = {name for name in ANSWERS if len(re.findall(rf"\b{name}\b", text)) < 2}

    assert not unused


@pytest.mark.parametrize("file", FILES, ids=label)
def test_a_tag_stands_alone_on_its_line(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if "{%" in line]

    assert all(TAG.match(line) for line in lines)


def test_conditions_are_few() -> None:
    lines = sum(len(file.read_text().splitlines()) for file in PYTHON)

    total = sum(counted(file) for file in PYTHON)

    assert 100 * total / lines <= 3


@pytest.mark.parametrize("file", PYTHON, ids=label)
def test_a_file_has_few_conditions_and_none_within_another(file: Path) -> None:
    parsed = ENVIRONMENT.parse(file.read_text())

    nested = [inner for outer in parsed.find_all(nodes.If) for inner in outer.find_all(nodes.If)]

    assert counted(file) <= 6
    assert not nested


@pytest.mark.parametrize("file", FILES, ids=label)
def test_a_name_is_legal_on_windows(file: Path) -> None:
    assert not any(ILLEGAL_ON_WINDOWS.search(part) for part in file.relative_to(TEMPLATE).parts)


@cache
def exclude_patterns() -> list[str]:
    """Every pattern of `_exclude`, whatever the answers: its tags are comments, thus left out."""
    lines = "\n".join(QUESTIONS["_exclude"]).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


@pytest.mark.parametrize("pattern", [one for one in exclude_patterns() if one != "__pycache__"])
def test_an_exclude_pattern_matches_a_file(pattern: str) -> None:
    spec = pathspec.GitIgnoreSpec.from_lines([pattern])

    assert any(spec.match_file(file.relative_to(TEMPLATE)) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=label)
def test_a_template_asks_for_facts_and_compares_no_database_by_name(file: Path) -> None:
    compared = r"database\s*(==|!=|in\b)|dialect\.(name|family|label)\s*(==|!=|in\b)"

    assert not any(re.search(compared, tag) for tag in tags(file))


def test_nothing_needs_trust() -> None:
    unsafe = {"_jinja_extensions", "_tasks", "_migrations", "_external_data"}

    assert not unsafe & set(QUESTIONS)


def tracked() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    hosts = "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", r"registry\.npm" + "js"])
    forbidden = re.compile(rf"{hosts}|(?<![\w.])/(work|root|home)/[a-z]")

    found = {str(file): forbidden.findall(file.read_text(errors="ignore")) for file in tracked()}

    assert {file: names for file, names in found.items() if names} == {}


def test_the_questions_have_help_that_fits_and_a_default_that_is_a_choice() -> None:
    for name in ANSWERS:
        question: dict[str, Any] = QUESTIONS[name]
        if question.get("when") is False:
            continue
        assert question["help"]
        if "choices" in question:
            assert question["default"] in question["choices"].values()
