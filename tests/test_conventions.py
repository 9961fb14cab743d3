"""The code of every service is layered, short, of today, and without a trace of the template."""

import ast
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.matrix import Combination
from tests.services import Services

LONGEST_FUNCTION = 40
LONGEST_MODULE = 150
LONGEST_TEST_MODULE = 250
MEDIAN_FUNCTION = 8
METHODS = {"get", "post", "put", "patch", "delete"}
WEB = {"fastapi", "starlette"}
# Where each kind of file of a feature stands: it may only import what stands lower.
RANKS = {
    "routes": 5,
    "dependencies": 4,
    "service": 3,
    "repository": 2,
    "queries": 2,
    "statements": 1,
    "models": 0,
}
DATA_LAYER = {"repository", "queries", "statements"}
TRACES = re.compile(r"\{%|\{\{(?! ?[{}])|\bgroundwork\b|\bcopier\b|\bjinja\b", re.IGNORECASE)
# Spellings of old tutorials, each with what is written today.
OLD = {
    r"\bdeclarative_base\(": "class Base(DeclarativeBase)",
    r"(?<!sa\.)\bColumn\(": "mapped_column",
    r"\bsession\.query\(|\.query\(\w+\)\.": "select()",
    r"autocommit=False": "nothing: the argument is gone",
    r"@\w+\.on_event\(": "lifespan",
    r"\bclass Config\b": "model_config",
    r"\.dict\(\)|\.parse_obj\(|\.from_orm\(|@validator\b": "model_dump, model_validate",
    r"\butcnow\(": "datetime.now(UTC)",
    r"\bsha(1|256|512)\(\s*\w*password|\bmd5\(": "Argon2id",
    r"\b(price|amount|total|total_\w+|\w+_price): (Mapped\[)?float": "Decimal",
    r"\.replace\(\s*[\"'](sqlite|postgres|mysql|mariadb)": "make_url",
    r"\bupdate\([^\n]*\)[^\n]*\.returning\(": "load, change, flush",
    r"\*\*filters\b|\bhasattr\((self\.)?model\b": "named, typed query functions",
    r"if \w*value is not None:\s*\n\s*setattr\(": "exclude_unset",
    r"== True\b|== False\b": "the column, or ~column",
    r"allow_origins=\[\s*[\"']\*": "the origins from the settings",
    r"\bBaseHTTPMiddleware\b|@\w+\.middleware\(": "pure ASGI",
    r"\bcreate_all\(": "migrations",
    r"Depends\(get_session(?!, scope=\"function\")": 'Depends(get_session, scope="function")',
    r"\bos\.(environ|getenv)\b": "Settings",
    r"\bORJSONResponse\b|UNPROCESSABLE_ENTITY": "a return type; UNPROCESSABLE_CONTENT",
    r"\bonupdate=func\.": "a default of Python",
    r"\bOptional\[|\bUnion\[|\bList\[|\bDict\[": "X | None, list[X]",
    r"# (TODO|FIXME|XXX)|\bprint\(": "done, or said by the log",
}


@cache
def parsed(text: str) -> ast.Module:
    """Return what a text parses to; most files are the same in many services."""
    return ast.parse(text)


@cache
def imported(text: str) -> set[str]:
    """Return the modules that a text imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"write imports out:\n{text}"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@dataclass(frozen=True)
class Module:
    """One Python file of a service."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """What it parses to."""
        return parsed(self.text)

    @property
    def name(self) -> str:
        """How it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def kind(self) -> str:
        """Which part of a feature it is; empty for other files."""
        if self.name.startswith("app.models"):
            return "models"
        kind = self.name.rpartition(".")[2]
        return kind if kind in RANKS and self.name.count(".") > 1 and not self.is_core else ""

    @property
    def is_core(self) -> bool:
        """Whether it belongs to what all features stand on."""
        return self.name.startswith(("app.database", "app.errors"))

    @property
    def imports(self) -> set[str]:
        """The modules it imports, wherever in it."""
        return imported(self.text)

    @property
    def functions(self) -> Iterator[tuple[str, int]]:
        """Each function with its number of lines, its docstring not counted."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                last = node.end_lineno or node.lineno
                documented = ast.get_docstring(node) is not None
                doc = node.body[0]
                lines = (doc.end_lineno or 0) - doc.lineno + 1 if documented else 0
                yield f"{self.path}:{node.lineno} {node.name}", last - node.lineno + 1 - lines


@cache
def read(service: Path, *folders: str) -> list[Module]:
    """Return the Python files below some folders of a service."""
    paths = sorted(path for folder in folders for path in (service / folder).rglob("*.py"))
    return [Module(path.relative_to(service).as_posix(), path.read_text()) for path in paths]


Code = Callable[..., list[Module]]


@pytest.fixture
def code(any_combination: Combination, services: Services) -> Code:
    """Read the Python files of each service."""
    service = services.render(any_combination)
    return lambda *folders: read(service, *folders)


def features(modules: list[Module]) -> set[str]:
    """Return the packages that hold the routes of a feature."""
    return {module.name.rpartition(".")[0] for module in modules if module.kind == "routes"}


def within(name: str, packages: set[str]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


@cache
def old_spellings(text: str) -> list[str]:
    """Return what a text spells as old tutorials do, each with what to write."""
    return [
        f"{match[0].strip()!r}; write {today}"
        for pattern, today in OLD.items()
        for match in re.finditer(pattern, text)
    ]


@cache
def traces(text: str) -> list[str]:
    """Return what in a text tells of the template."""
    return [match[0] for match in TRACES.finditer(text)]


def test_no_old_spelling_is_used(code: Code) -> None:
    found = {one.path: old_spellings(one.text) for one in code("app", "migrations")}

    assert [path for path in found.items() if path[1]] == []


def test_nothing_tells_of_the_template(code: Code) -> None:
    found = {one.path: traces(one.text) for one in code("app", "migrations", "tests")}

    assert [path for path in found.items() if path[1]] == []


def test_no_file_is_empty_and_each_says_what_it_holds(code: Code) -> None:
    modules = code("app", "migrations", "tests")
    silent = [module.path for module in modules if not ast.get_docstring(module.tree)]

    assert silent == []


def test_functions_are_short(code: Code) -> None:
    # Not the revisions, which Alembic writes.
    written = [one for one in code("app", "migrations", "tests") if "/versions/" not in one.path]
    lengths = [found for module in written for found in module.functions]
    own = [lines for name, lines in lengths if name.startswith("app/")]

    assert [found for found in lengths if found[1] > LONGEST_FUNCTION] == []
    assert statistics.median(own) <= MEDIAN_FUNCTION


def test_modules_fit_on_two_screens(code: Code) -> None:
    def too_long(modules: list[Module], most: int) -> list[str]:
        return [one.path for one in modules if one.text.count("\n") > most]

    assert too_long(code("app", "migrations"), LONGEST_MODULE) == []
    assert too_long(code("tests"), LONGEST_TEST_MODULE) == []


def test_the_core_knows_no_feature(code: Code) -> None:
    modules = code("app")
    known = features(modules)
    found = [
        f"{module.path} imports {name}"
        for module in modules
        if module.is_core or module.kind == "models" or module.name in {"app.config", "app.logs"}
        for name in module.imports
        if within(name, known)
    ]

    assert found == []


def test_features_import_downwards_only(code: Code) -> None:
    modules = code("app")
    ranks = {module.name: RANKS[module.kind] for module in modules if module.kind}
    found = [
        f"{module.path} imports {name}"
        for module in modules
        if module.kind
        for name in module.imports & ranks.keys()
        if not may_import(module, name, ranks)
    ]

    assert found == []


def may_import(module: Module, name: str, ranks: dict[str, int]) -> bool:
    """Lower is fine; so is beside, among models and where one feature uses another."""
    own = ranks[module.name]
    beside = name.rpartition(".")[0] != module.name.rpartition(".")[0] or module.kind == "models"
    return ranks[name] < own or (ranks[name] == own and beside)


def test_the_data_layer_and_services_know_nothing_of_http(code: Code) -> None:
    found = [
        f"{module.path} imports {name}"
        for module in code("app")
        if module.kind in {*DATA_LAYER, "models", "service"} or module.name == "app.errors"
        for name in module.imports
        if name.partition(".")[0] in WEB
    ]

    assert found == []


def test_routes_leave_sql_and_transactions_to_others(code: Code) -> None:
    found = [
        f"{module.path} imports {name}"
        for module in code("app")
        if module.kind == "routes"
        for name in module.imports
        if within(name, {"sqlalchemy", "app.database"})
        or name.rpartition(".")[2] in {"repository", "queries"}
    ]

    assert found == []


def test_only_the_session_dependency_commits(code: Code) -> None:
    committing = {module.path for module in code("app") if re.search(r"\.commit\(", module.text)}

    assert committing <= {"app/database/session.py"}


def test_only_main_and_the_command_line_know_the_whole(code: Code) -> None:
    modules = code("app")
    found = {module.path for module in modules if within_any(module.imports, {"app.main"})}
    routers = {
        module.path
        for module in modules
        if any(name.endswith(".routes") for name in module.imports)
    }

    assert found <= {"app/cli.py"}
    assert routers <= {"app/routers.py", "app/auth/routers.py"}


def within_any(names: set[str], packages: set[str]) -> bool:
    return any(within(name, packages) for name in names)


def test_relations_are_never_loaded_by_accident(code: Code) -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in code("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("relationship")
        if 'lazy="raise"' not in ast.unparse(node).replace("'", '"')
    ]

    assert found == []


def test_paths_with_a_word_come_before_paths_with_a_variable(code: Code) -> None:
    hidden = [
        f"{module.path}: {later} comes after {earlier}"
        for module in code("app")
        if module.kind == "routes"
        for earlier, later in hiding(module)
    ]

    assert hidden == []


def hiding(module: Module) -> Iterator[tuple[str, str]]:
    """Give each path that an earlier one of the same method answers instead."""
    earlier: list[tuple[str, str]] = []
    for method, path in paths(module):
        for known_method, known in earlier:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(known))
            if method == known_method and re.fullmatch(pattern, path):
                yield known, path
        earlier.append((method, path))


def paths(module: Module) -> Iterator[tuple[str, str]]:
    """Give (method, path) of each route, in order."""
    for node in module.tree.body:
        for decorator in getattr(node, "decorator_list", []):
            method = getattr(getattr(decorator, "func", None), "attr", "")
            if method in METHODS:
                yield method, ast.literal_eval(decorator.args[0])
