"""The Python files of a rendered service as data: imports, functions, definitions and uses."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Where each kind of file of a feature stands: it imports only what stands lower.
RANKS = {"routes": 4, "service": 3, "repository": 2, "queries": 2, "models": 0}
# Packages that all features stand on. Their files are no layers of a feature.
CORE = ("app.database", "app.middleware", "app.errors")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(text: str) -> ast.Module:
    """Return what a text parses to; most files are the same in many services."""
    return ast.parse(text)


@cache
def imported(text: str) -> frozenset[str]:
    """Return the modules that a text imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"write imports out:\n{text}"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def definitions(text: str) -> list[str]:
    """Return the public names that a text defines for others, decorated functions left out.

    A decorator hands its function over: to a router, a command line, an event.
    """
    found: list[str] = []
    for node in parsed(text).body:
        found += _defined(node)
        if isinstance(node, ast.ClassDef):
            found += [one.name for one in node.body if isinstance(one, Function) and _is_plain(one)]
    return [name for name in found if not name.startswith("_")]


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, Function) and _is_plain(node):
        return [node.name]
    if isinstance(node, ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def _is_plain(function: Function) -> bool:
    known = {"property", "staticmethod", "classmethod", "cache", "contextmanager"}
    known |= {"asynccontextmanager", "dataclass", "cached_property"}
    return all(ast.unparse(one).partition("(")[0] in known for one in function.decorator_list)


@cache
def uses(text: str) -> frozenset[str]:
    """Return the names that a text reads; not those it only imports or defines."""
    found: set[str] = set()
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return frozenset(found)


@cache
def function_lengths(text: str) -> list[tuple[int, str, int]]:
    """Return (line, name, number of lines) of each function, its docstring not counted."""
    found: list[tuple[int, str, int]] = []
    for node in ast.walk(parsed(text)):
        if isinstance(node, Function):
            last = node.end_lineno or node.lineno
            documented = ast.get_docstring(node) is not None
            doc = node.body[0]
            lines = (doc.end_lineno or 0) - doc.lineno + 1 if documented else 0
            found.append((node.lineno, node.name, last - node.lineno + 1 - lines))
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
    def is_package(self) -> bool:
        """Whether it is what its folder is imported as."""
        return self.path.endswith("/__init__.py")

    @property
    def kind(self) -> str:
        """Which layer of a feature it is; empty for other files."""
        if self.name.startswith("app.models"):
            return "models"
        kind = self.name.rpartition(".")[2]
        return kind if kind in RANKS and self.name.count(".") > 1 and not self.is_core else ""

    @property
    def is_core(self) -> bool:
        """Whether it belongs to what all features stand on."""
        return within(self.name, CORE)

    @property
    def imports(self) -> frozenset[str]:
        """The modules it imports, wherever in it."""
        return imported(self.text)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n")

    @property
    def functions(self) -> Iterator[tuple[str, int]]:
        """Each function with its number of lines."""
        for line, name, length in function_lengths(self.text):
            yield f"{self.path}:{line} {name}", length


@cache
def read_modules(service: Path, *folders: str) -> list[Module]:
    """Return the Python files below some folders of a service."""
    paths = sorted(path for folder in folders for path in (service / folder).rglob("*.py"))
    return [Module(path.relative_to(service).as_posix(), path.read_text()) for path in paths]


def within(name: str, packages: tuple[str, ...] | set[str]) -> bool:
    """Tell whether a module is one of some packages, or lies in one."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def features(modules: list[Module]) -> set[str]:
    """Return the packages that hold the routes of a feature."""
    return {module.name.rpartition(".")[0] for module in modules if module.kind == "routes"}


def importers(modules: list[Module]) -> dict[str, set[str]]:
    """Return which modules import each module; a package only where a name of its own is meant."""
    names = {module.name for module in modules}
    found: dict[str, set[str]] = {name: set() for name in names}
    for module in modules:
        for name in module.imports & names:
            found[name].add(module.name)
    return found
