"""Each file and symbol that the glossary names exists in the services that it belongs to."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_docs import DIFFERENT_FILES, holds
from tests.support.markdown import page, words
from tests.support.matrix import Combination
from tests.support.services import Services

PAGE = page("docs/reference/glossary.md")
HEAD = ["Term", "File", "Symbols", "Belongs to", "Meaning"]
ROWS = [row for head, *body in PAGE.tables if head == HEAD for row in body]
LEAST_TERMS = 40


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Give the names that the statements of a module define, `Class.name` for members."""
    for node in body:
        match node:
            case ast.ClassDef():
                yield node.name
                yield from (f"{node.name}.{name}" for name in defined(node.body))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.Assign(targets=targets):
                yield from (ast.unparse(target) for target in targets)
            case ast.AnnAssign(target=target):
                yield ast.unparse(target)
            case ast.If(body=inner, orelse=other):
                yield from defined([*inner, *other])
            case _:
                pass


def missing(service: Path, row: list[str]) -> list[str]:
    """Return what a row names that a service does not have."""
    [file], symbols = words(row[1]), words(row[2])
    path = service / file
    if not path.is_file():
        return [file]
    known = set(defined(ast.parse(path.read_text(encoding="utf-8")).body))
    return [f"{file}: {symbol}" for symbol in symbols if symbol not in known]


def test_the_glossary_has_terms_with_symbols_only() -> None:
    assert len(ROWS) >= LEAST_TERMS
    assert [row[0] for row in ROWS if not words(row[2])] == []
    assert sum(len(table) - 1 for table in PAGE.tables) == len(ROWS)


@pytest.mark.parametrize("chosen", DIFFERENT_FILES, ids=str)
def test_files_and_symbols_of_the_glossary_exist(chosen: Combination, services: Services) -> None:
    service = services.render(chosen)
    rows = [row for row in ROWS if holds(row[3], chosen)]

    assert [name for row in rows for name in missing(service, row)] == []
