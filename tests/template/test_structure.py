"""The code of every service is in few rooms: no module, function or name without a need."""

import statistics

from tests.support.service_code import RANKS, Module, definitions, importers, uses, within
from tests.template.conftest import Code

MAX_FUNCTION = 40
MEDIAN_FUNCTION = 8
MAX_MODULE = 300
MAX_TEST_MODULE = 400
# A module below this that only one other imports belongs into that one.
MIN_MODULE = 45
# Modules that stay alone though they are short and have one importer, each with its reason.
ALONE = {
    "app.auth.setup": "what app.main gives to accounts, and nothing else of them",
    "app.cli": "the entry point of the command line",
    "app.config": "where owners look for settings",
    "app.database.engine": "the one place that makes connections, in every service",
    "app.database.migration": "the engine and the lock of migrations and commands",
    "app.database.pool": "sizes that the engine and, in sync services, the session share",
    "app.main": "the entry point of the application",
    "app.routers": "the list that owners extend",
}
# Layers of a feature are short as long as the feature is.
LAYERS = {"routes", "schemas", *RANKS}
# Modules for the features that owners add: each name is used at least by a bundled test.
SHARED = (
    "app.database.crud",
    "app.database.repository",
    "app.dependencies",
    "app.errors",
    "app.models.base",
    "app.pagination",
    "app.preconditions",
    "app.schemas",
)
# Names for owners, in a debugger or a shell.
FOR_OWNERS = {"session_state"}
# Names that libraries call.
CALLED_BY_LIBRARIES = {
    "app": "uvicorn app.main:app",
    "cache_ok": "SQLAlchemy, of a type",
    "emit": "logging, of a handler",
    "filter": "logging, of a filter",
    "format": "logging, of a formatter",
    "get_openapi": "FastAPI",
    "impl": "SQLAlchemy, of a type",
    "load_dialect_impl": "SQLAlchemy, of a type",
    "main": "the script `app`",
    "metadata": "SQLAlchemy, of the base class",
    "model_config": "pydantic",
    "model_parametrized_name": "pydantic",
    "openapi": "FastAPI",
    "process_bind_param": "SQLAlchemy, of a type",
    "process_result_value": "SQLAlchemy, of a type",
    "render": "Starlette, of a response",
    "type_annotation_map": "SQLAlchemy, of the base class",
}


def test_functions_are_short(code: Code) -> None:
    # Not the revisions, which Alembic writes.
    written = [one for one in code("app", "migrations", "tests") if "/versions/" not in one.path]
    lengths = [found for module in written for found in module.functions]
    own = [lines for name, lines in lengths if name.startswith("app/")]

    assert [found for found in lengths if found[1] > MAX_FUNCTION] == []
    assert statistics.median(own) <= MEDIAN_FUNCTION


def test_modules_are_short(code: Code) -> None:
    def too_long(modules: list[Module], most: int) -> list[tuple[str, int]]:
        return [(one.path, one.lines) for one in modules if one.lines > most]

    assert too_long(code("app", "migrations"), MAX_MODULE) == []
    assert too_long(code("tests"), MAX_TEST_MODULE) == []


def test_short_modules_have_more_than_one_importer(code: Code) -> None:
    modules = code("app")
    imported_by = importers([*modules, *code("migrations")])
    found = [
        f"{module.path} ({module.lines} lines) belongs into {importer}"
        for module in modules
        if module.lines < MIN_MODULE and not may_stand_alone(module)
        if len(imported_by[module.name]) == 1
        for importer in imported_by[module.name]
    ]

    assert found == []


def may_stand_alone(module: Module) -> bool:
    """Tell whether a short module is where its readers look for it."""
    is_layer = module.name.count(".") > 1 and module.name.rpartition(".")[2] in LAYERS
    is_alike = module.kind == "models" or within(module.name, {"app.middleware"})
    return module.is_package or is_layer or is_alike or module.name in ALONE


def test_every_module_is_imported(code: Code) -> None:
    modules = code("app")
    imported_by = importers([*modules, *code("migrations")])
    imported_by_tests = importers([*modules, *code("tests")])
    found = [
        module.path
        for module in modules
        if not (imported_by_tests if within(module.name, SHARED) else imported_by)[module.name]
        if not module.is_package and module.name not in ALONE
    ]

    assert found == []


def test_every_name_is_used(code: Code) -> None:
    modules = code("app")
    read = used_in([*modules, *code("migrations")])
    read_by_tests = read | used_in(code("tests"))
    found = [
        f"{module.path}: {name}"
        for module in modules
        for name in definitions(module.text)
        if name not in (read_by_tests if within(module.name, SHARED) else read)
        if name not in CALLED_BY_LIBRARIES.keys() | FOR_OWNERS
    ]

    assert found == []


def used_in(modules: list[Module]) -> frozenset[str]:
    return frozenset[str]().union(*(uses(module.text) for module in modules))
