"""The code of every service is layered, spelled as today, and without a trace of the template."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.support.service_code import RANKS, Module, features, within
from tests.template.conftest import Code

METHODS = {"get", "post", "put", "patch", "delete"}
WEB = {"fastapi", "starlette"}
DATA_LAYER = {"repository", "queries"}
# What serves the routes of accounts, as the services of other features do.
AUTH_SERVICES = {
    f"app.auth.{name}"
    for name in ("admin", "api_keys", "password_reset", "profile", "registration", "sessions")
}
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
    r"Depends\(get_session\b(?!, scope=\"function\")": 'Depends(get_session, scope="function")',
    r"\bos\.(environ|getenv)\b": "Settings",
    r"\bORJSONResponse\b|UNPROCESSABLE_ENTITY": "a return type; UNPROCESSABLE_CONTENT",
    r"\bonupdate=func\.": "a default of Python",
    r"\bOptional\[|\bUnion\[|\bList\[|\bDict\[": "X | None, list[X]",
    r"# (TODO|FIXME|XXX)|\bprint\(": "done, or said by the log",
}


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


def test_code_uses_no_outdated_idioms(code: Code) -> None:
    found = {one.path: old_spellings(one.text) for one in code("app", "migrations")}

    assert [path for path in found.items() if path[1]] == []


def test_code_has_no_trace_of_the_template(code: Code) -> None:
    found = {one.path: traces(one.text) for one in code("app", "migrations", "tests")}

    assert [path for path in found.items() if path[1]] == []


def test_every_module_has_a_docstring(code: Code) -> None:
    modules = code("app", "migrations", "tests")
    silent = [module.path for module in modules if not ast.get_docstring(module.tree)]

    assert silent == []


def test_core_imports_no_feature(code: Code) -> None:
    modules = code("app")
    known = features(modules)
    found = [
        f"{module.path} imports {name}"
        for module in modules
        if module.is_core or module.kind == "models" or module.name in {"app.config", "app.logs"}
        for name in module.imports
        # Settings are one list, and no part of what a feature does.
        if within(name, known) and not within(name, ("app.auth.config",))
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


def test_data_layer_and_services_import_no_web_framework(code: Code) -> None:
    found = [
        f"{module.path} imports {name}"
        for module in code("app")
        if module.kind in {*DATA_LAYER, "models", "service"}
        or module.name in {"app.errors", *AUTH_SERVICES}
        for name in module.imports
        if name.partition(".")[0] in WEB
    ]

    assert found == []


def test_routes_import_no_data_layer(code: Code) -> None:
    found = [
        f"{module.path} imports {name}"
        for module in code("app")
        if module.kind == "routes"
        for name in module.imports
        if within(name, ("sqlalchemy", "app.database"))
        or name.rpartition(".")[2] in {"repository", "queries"}
    ]

    assert found == []


def test_only_the_session_dependency_commits(code: Code) -> None:
    committing = {module.path for module in code("app") if re.search(r"\.commit\(", module.text)}

    assert committing <= {"app/database/session.py"}


def test_only_main_and_the_command_line_import_everything(code: Code) -> None:
    modules = code("app")
    found = {module.path for module in modules if "app.main" in module.imports}
    routers = {
        module.path
        for module in modules
        if any(name.endswith(".routes") for name in module.imports)
    }

    assert found <= {"app/cli.py"}
    assert routers <= {"app/routers.py"}


def test_relationships_are_never_loaded_lazily(code: Code) -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in code("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("relationship")
        if 'lazy="raise"' not in ast.unparse(node).replace("'", '"')
    ]

    assert found == []


def test_literal_paths_come_before_path_parameters(code: Code) -> None:
    hidden = [
        f"{module.path}: {later} comes after {earlier}"
        for module in code("app")
        if module.kind == "routes"
        for earlier, later in hiding(module)
    ]

    assert hidden == []


def hiding(module: Module) -> Iterator[tuple[str, str]]:
    """Give each path that an earlier one of the same router and method answers instead."""
    earlier: list[tuple[str, str]] = []
    for operation, path in paths(module):
        for known_operation, known in earlier:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(known))
            if operation == known_operation and re.fullmatch(pattern, path):
                yield known, path
        earlier.append((operation, path))


def paths(module: Module) -> Iterator[tuple[str, str]]:
    """Give (`router.method`, path) of each route, in order. Each router has a prefix of its own."""
    for node in module.tree.body:
        for decorator in getattr(node, "decorator_list", []):
            function = getattr(decorator, "func", None)
            if isinstance(function, ast.Attribute) and function.attr in METHODS:
                yield ast.unparse(function), ast.literal_eval(decorator.args[0])
