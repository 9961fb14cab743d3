"""Each control that the documentation claims has a test in a service, and each of those is run."""

import ast
import re
from collections import Counter
from functools import cache
from itertools import chain

import pytest

from tests.support.markdown import page, words
from tests.support.matrix import Combination, choices
from tests.support.services import Services

PAGE = page("docs/reference/controls.md")
HEAD = ["Number", "Requirement", "Kind", "Tests"]
KINDS = {"both": {"jwt", "session"}, "jwt": {"jwt"}, "session": {"session"}}
A_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
# What leaves a test out, or forgives it.
NOT_RUN = re.compile(r"\b(skip|skipif|xfail|importorskip)\b")
MARKED = re.compile(rf"^pytestmark\b.*{NOT_RUN.pattern}", re.MULTILINE)
ROWS = [row for head, *body in PAGE.tables if head == HEAD for row in body]
# The shop has the tests of all controls.
SHOPS = {
    kind: Combination("sqlite", "async", kind, "shop", repository=True)
    for kind in sorted(KINDS["both"] & set(choices("auth")))
}

each_control = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:40]}")


def named(row: list[str]) -> list[tuple[str, str]]:
    """Return (file, test) of each test that a control names."""
    found = [A_TEST.fullmatch(word) for word in words(row[3])]
    return [(match[1], match[2]) for match in found if match]


@cache
def functions_in(text: str) -> dict[str, str]:
    """Return the tests of a module, each with its source, decorators and all."""
    functions = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {one.name: ast.unparse(one) for one in functions if one.name.startswith("test_")}


def source_of(services: Services, kind: str, file: str) -> str:
    """Return the text of a module of tests; empty where that kind has none."""
    path = services.render(SHOPS[kind]) / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_every_kind_has_controls() -> None:
    assert len(ROWS) >= 60
    assert {row[2] for row in ROWS} == set(KINDS)


@each_control
def test_control_has_number_requirement_and_tests(row: list[str]) -> None:
    number, requirement, kind, tests = row

    assert re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", number)
    assert len(requirement) > 10
    assert kind in KINDS
    assert tests == ", ".join(f"`{file}::{test}`" for file, test in named(row)) != ""


@each_control
def test_tests_of_a_control_exist_in_services_of_its_kind(
    row: list[str], services: Services
) -> None:
    missing = [
        (kind, file, test)
        for kind in SHOPS.keys() & KINDS[row[2]]
        for file, test in named(row)
        if test not in functions_in(source_of(services, kind, file))
    ]

    assert missing == []


@each_control
def test_tests_of_one_kind_are_absent_from_the_other(
    row: list[str],
    services: Services,
) -> None:
    elsewhere = [
        (kind, file, test)
        for kind in SHOPS.keys() - KINDS[row[2]]
        for file, test in named(row)
        if test in functions_in(source_of(services, kind, file))
    ]

    assert elsewhere == []


@each_control
def test_tests_of_a_control_are_never_skipped(row: list[str], services: Services) -> None:
    weak = [
        (kind, file, test)
        for kind in SHOPS.keys() & KINDS[row[2]]
        for file, test in named(row)
        if NOT_RUN.search(functions_in(source_of(services, kind, file)).get(test, ""))
        or MARKED.search(source_of(services, kind, file))
    ]

    assert weak == []


def test_no_test_is_listed_twice() -> None:
    counted = Counter(chain.from_iterable(named(row) for row in ROWS))

    assert [test for test, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("kind", SHOPS)
def test_every_auth_test_module_covers_a_control(
    kind: str,
    services: Services,
) -> None:
    service = services.render(SHOPS[kind])
    there = {path.relative_to(service).as_posix() for path in service.glob("tests/auth/test_*")}
    shown = {file for row in ROWS for file, _ in named(row)}

    assert sorted(there - shown) == []
