"""The template is sound in itself: each file valid as it lies, names known, conditions few."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from filecmp import DEFAULT_IGNORES
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pathspec
import pytest
import yaml
from jinja2 import meta, nodes

from tests.support.jinja import TEMPLATE, environment, extension, template_files
from tests.support.matrix import QUESTIONS, ROOT, choices

LANGUAGES: dict[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}
FILES = template_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]
MACROS = sorted((ROOT / "extensions").iterdir())
DECLARED = [name for name in QUESTIONS if not name.startswith("_")]
# Copier's own names.
GIVEN = {"_copier_answers", "_copier_conf", "_copier_operation"}
TAGS_IN_100_LINES = 3
TAGS_IN_A_FILE = 6
MAX_DEPTH = 1
# They say where code comes from, not when it is there.
UNCOUNTED = {"from", "call", "endcall", "include"}
A_TAG = re.compile(r" *# \{% (?!-)[^%]*(?<!-) %\}")
UNSAFE = ("_jinja_extensions", "_tasks", "_migrations", "_external_data")
ILLEGAL_ON_WINDOWS = re.compile(
    r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)',
    re.IGNORECASE,
)
# A letter in brackets, so that this file does not hold what it looks for.
REGISTRY = re.compile(r"py[p]i\.org|python[h]osted\.org|npm[j]s\.|deb\.[d]ebian\.org|gh[c]r\.io")
MACHINE_PATH = re.compile(r"(?<![\w.])(/(?:work|farm|root|home|Users)/[A-Za-z]|[A-Z]:\\\\?Users)")


def read(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """Return how a file is called in messages."""
    return path.relative_to(ROOT).as_posix()


def guilty(found: dict[str, Any]) -> dict[str, Any]:
    """Return where anything was found."""
    return {origin: findings for origin, findings in found.items() if findings}


@cache
def parsed(source: str) -> nodes.Template:
    """Return what a template parses to."""
    return environment().parse(source)


def strings(value: object) -> Iterator[str]:
    """Give every string in a part of copier.yml."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def sources() -> dict[str, str]:
    """Return all that Copier renders: files, their names, macros, and parts of copier.yml."""
    files = {name_of(path): read(path) for path in [*FILES, *MACROS]}
    names = {f"name of {name}": name for name in files}
    parts = {name: part for name, part in QUESTIONS.items() if name != "_envops"}
    return files | names | {f"copier.yml: {k}": "\n".join(strings(v)) for k, v in parts.items()}


def tags(source: str) -> list[str]:
    """Return the names of the tags that decide something."""
    tokens = [token for token in environment().lex(source) if token[1] != "whitespace"]
    names = [name for (_, kind, _), (_, _, name) in pairwise(tokens) if kind == "block_begin"]
    return [name for name in names if name not in UNCOUNTED]


def depth(node: nodes.Node) -> int:
    """Return how deep branches lie within each other; `elif` is no deeper than its `if`."""
    others = list(node.elif_) if isinstance(node, nodes.If) else []
    children = [child for child in node.iter_child_nodes() if child not in others]
    below = max(map(depth, children), default=0) + isinstance(node, nodes.If | nodes.For)
    return max([below, *map(depth, others)])


def tracked() -> list[Path]:
    """Return the files that belong to this repository, or will."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_template_files_are_valid_in_their_own_language() -> None:
    problems: dict[str, str] = {}
    for path in FILES:
        try:
            LANGUAGES.get(path.suffix, str)(read(path))
        except (SyntaxError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
            problems[name_of(path)] = str(error)

    assert problems == {}


def test_templates_compile() -> None:
    for path in [*FILES, *MACROS]:
        environment().compile(read(path), filename=str(path))


def test_included_and_imported_templates_exist() -> None:
    missing = {
        origin: [
            name
            for name in meta.find_referenced_templates(parsed(source))
            if name and not (ROOT / name).is_file()
        ]
        for origin, source in sources().items()
    }

    assert guilty(missing) == {}


def test_tags_are_alone_on_their_lines_and_without_dashes() -> None:
    bad = {
        name_of(path): [
            line
            for line in read(path).splitlines()
            if ("{%" in line or "%}" in line) and not A_TAG.fullmatch(line)
        ]
        for path in FILES
    }

    assert guilty(bad) == {}


def test_every_name_is_declared() -> None:
    known = {*DECLARED, *environment().globals} | GIVEN
    unknown = {
        origin: meta.find_undeclared_variables(parsed(source)) - known
        for origin, source in sources().items()
    }

    assert guilty(unknown) == {}


def test_every_answer_and_derived_value_is_used() -> None:
    used = {
        name
        for origin, source in sources().items()
        for name in meta.find_undeclared_variables(parsed(source))
        if origin != f"copier.yml: {name}"
    }

    assert [name for name in DECLARED if name not in used] == []


def test_every_requested_dialect_fact_exists() -> None:
    declared = set(extension("dialects").dialects[choices("database")[0]])
    asked = {
        origin: {
            node.attr
            for node in parsed(source).find_all(nodes.Getattr)
            if isinstance(node.node, nodes.Name) and node.node.name == "dialect"
        }
        for origin, source in sources().items()
    }

    assert guilty({origin: facts - declared for origin, facts in asked.items()}) == {}


def test_every_macro_is_used() -> None:
    everything = "\n".join(sources().values())
    macros = [one for path in MACROS for one in parsed(read(path)).find_all(nodes.Macro)]

    unused = [one.name for one in macros if len(re.findall(rf"\b{one.name}\b", everything)) < 2]

    assert unused == []


def test_conditions_are_few() -> None:
    lines = sum(len(read(path).splitlines()) for path in PYTHON)
    found = sum(len(tags(read(path))) for path in PYTHON)

    assert 100 * found / lines <= TAGS_IN_100_LINES


def test_files_have_few_conditions_and_little_nesting() -> None:
    found = {name_of(path): (len(tags(read(path))), depth(parsed(read(path)))) for path in PYTHON}

    assert {
        name: (count, deep)
        for name, (count, deep) in found.items()
        if count > TAGS_IN_A_FILE or deep > MAX_DEPTH
    } == {}


def excluded() -> list[str]:
    """Return every pattern of `_exclude`, whatever its condition."""
    lines = [line.strip() for entry in QUESTIONS["_exclude"] for line in entry.splitlines()]
    return [line for line in lines if line and not line.startswith("# {%")]


@pytest.mark.parametrize("pattern", [one for one in excluded() if one != "__pycache__"])
def test_an_exclude_pattern_matches_a_file(pattern: str) -> None:
    spec = pathspec.GitIgnoreSpec.from_lines([pattern])

    assert any(spec.match_file(path.relative_to(TEMPLATE)) for path in FILES)
    # Otherwise an empty folder would be left.
    assert not pattern.endswith("/")


@pytest.mark.parametrize("path", [one for one in PYTHON if one.name.count(".") > 1], ids=name_of)
def test_a_file_for_one_choice_lies_beside_the_file_that_includes_it(path: Path) -> None:
    name, choice, _ = path.name.split(".")
    beside = path.with_name(f"{name}.py")

    assert f"*.{choice}.py" in excluded()
    if beside.exists():
        assert re.fullmatch(r"# \{% include [^\n]* %\}\n", read(beside))
        assert f'"{name_of(path.parent)}/{name}.' in read(beside)
    else:
        # A part of other files, which have more around it.
        assert any(f'"{name_of(path.parent)}/{name}.' in read(one) for one in PYTHON)


def test_no_template_compares_the_name_of_a_database() -> None:
    databases = set(choices("database"))
    comparing = {
        origin
        for origin, source in sources().items()
        for comparison in parsed(source).find_all((nodes.Compare, nodes.Test))
        for node in comparison.find_all((nodes.Name, nodes.Const, nodes.Getattr))
        if (isinstance(node, nodes.Name) and node.name == "database")
        or (isinstance(node, nodes.Const) and node.value in databases)
        or (isinstance(node, nodes.Getattr) and node.attr in {"name", "label", "family"})
    }

    assert comparing == set()


def test_names_of_files_are_legal_on_windows() -> None:
    names = [name_of(path) for path in tracked()]
    parts = {part for name in names for part in name.split("/")}
    repeated = [name for name, count in Counter(map(str.lower, names)).items() if count > 1]

    assert [part for part in parts if ILLEGAL_ON_WINDOWS.search(part)] == []
    assert repeated == []


def test_no_file_name_is_ignored_by_updates() -> None:
    """Copier compares folders by Python's filecmp, which leaves some names out."""
    names = {part for path in template_files() for part in path.relative_to(TEMPLATE).parts}

    assert names.isdisjoint(DEFAULT_IGNORES)


def test_nothing_needs_trust() -> None:
    assert [name for name in UNSAFE if name in QUESTIONS] == []


def test_no_file_names_a_registry_or_a_folder_of_a_machine() -> None:
    found = {
        name_of(path): [*REGISTRY.findall(read(path)), *MACHINE_PATH.findall(read(path))]
        for path in tracked()
    }

    assert guilty(found) == {}


def test_a_default_is_a_choice() -> None:
    asked = {name: QUESTIONS[name] for name in DECLARED if "choices" in QUESTIONS[name]}

    assert [n for n, one in asked.items() if one["default"] not in one["choices"].values()] == []


def test_no_lock_file_is_tracked() -> None:
    assert [
        name_of(path) for path in tracked() if path.name.endswith((".lock", "-lock.json"))
    ] == []
