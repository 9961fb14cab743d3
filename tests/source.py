"""What the template holds, read from its source: the documentation is compared with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.jinja import extension
from tests.matrix import ROOT

APP = ROOT / "template/app"
METHODS = {"get", "post", "put", "patch", "delete"}
SERVER_ONLY = re.compile(r"# {% if dialect\.server %}\n(.*?)# {% endif %}", re.DOTALL)
TYPES = {
    "bool": "`true` or `false`",
    "CommaSeparated": "list, with commas",
    "DatabaseURL": "URL",
    "Seconds": "seconds",
    "int": "whole number",
    "int | None": "whole number",
}
BOUNDS = {"gt": "above {}", "ge": "{} or more"}


class Setting(NamedTuple):
    """A setting as its row in the documentation tells it."""

    type: str
    default: str
    databases: str


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def dialects() -> dict[str, dict[str, Any]]:
    """Return the table of databases."""
    table: dict[str, dict[str, Any]] = extension("dialects").dialects
    return table


def profiles() -> dict[str, tuple[int, int]]:
    """Return the profiles of the pool."""
    for node in _tree(APP / "database/pool.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROFILES":
            found: dict[str, tuple[int, int]] = ast.literal_eval(node.value)
            return found
    raise LookupError("PROFILES")


def settings() -> dict[str, Setting]:
    """Return every setting of a service by its variable, those of servers included."""
    text = (APP / "config.py").read_text(encoding="utf-8")
    for_servers = "".join(SERVER_ONLY.findall(text))
    fields = next(
        node.body
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    return {
        ast.unparse(field.target).upper(): _setting(field, for_servers)
        for field in fields
        if isinstance(field, ast.AnnAssign)
    }


def _setting(field: ast.AnnAssign, for_servers: str) -> Setting:
    name = ast.unparse(field.target)
    databases = "server" if f"    {name}: " in for_servers else "all"
    return Setting(_type(field), _default(field.value), databases)


def _type(field: ast.AnnAssign) -> str:
    annotation = ast.unparse(field.annotation)
    if annotation.startswith("Literal["):
        *most, last = (f"`{choice}`" for choice in ast.literal_eval(annotation[len("Literal") :]))
        return f"{', '.join(most)} or {last}"
    bounds = [
        BOUNDS[keyword.arg].format(ast.unparse(keyword.value))
        for keyword in getattr(field.value, "keywords", [])
        if keyword.arg in BOUNDS
    ]
    return ", ".join([TYPES[annotation], *bounds])


def _default(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call):
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default" not in given:
            return "see below"
        value = given["default"]
    plain = ast.literal_eval(value) if value else None
    match plain:
        case None:
            return "of the profile"
        case []:
            return "empty"
        case bool():
            return f"`{str(plain).lower()}`"
        case _:
            return f"`{plain}`"


def commands() -> dict[str, set[str]]:
    """Return the commands of a service, each with its options."""
    found: dict[str, set[str]] = {}
    for function in _functions(APP / "cli.py"):
        for group, name, _ in _decorators(function):
            if name == "command":
                prefix = "uv run app" if group == "cli" else f"uv run app {group}"
                found[f"{prefix} {function.name}"] = set(_options(function))
    return found


def _options(function: ast.FunctionDef) -> Iterator[str]:
    shared = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in _tree(APP / "cli.py").body
        if isinstance(node, ast.Assign)
    }
    for argument in (*function.args.args, *function.args.kwonlyargs):
        annotation = ast.unparse(argument.annotation) if argument.annotation else ""
        annotation = shared.get(annotation, annotation)
        if "typer.Option" in annotation:
            named: list[str] = re.findall(r"'(--?[a-z-]+)'", annotation)
            yield from named or [f"--{argument.arg.replace('_', '-')}"]


def routes() -> set[tuple[str, str]]:
    """Return (method, path) of every route of a service."""
    found: set[tuple[str, str]] = set()
    for file in sorted(APP.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "= APIRouter(" in text:
            prefix = re.search(r'APIRouter\(.*?prefix="([^"]*)"', text)
            found |= set(_routes(file, prefix[1] if prefix else ""))
    return found


def _routes(file: Path, prefix: str) -> Iterator[tuple[str, str]]:
    for function in _functions(file):
        for _, method, arguments in _decorators(function):
            if method in METHODS:
                yield method.upper(), prefix + ast.literal_eval(arguments[0])


def statuses() -> set[int]:
    """Return the statuses that domain errors carry, those of the base class left out."""
    text = (APP / "errors.py").read_text(encoding="utf-8")
    return {int(code) for code in re.findall(r"status_code = (\d+)", text)}


def make_targets() -> set[str]:
    """Return what `make` may be asked for."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def _functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in _tree(file).body:
        if isinstance(node, ast.AsyncFunctionDef):
            yield ast.FunctionDef(**dict(ast.iter_fields(node)))
        elif isinstance(node, ast.FunctionDef):
            yield node


def _decorators(function: ast.FunctionDef) -> Iterator[tuple[str, str, list[ast.expr]]]:
    """Give (object, method, arguments) of decorators such as `@router.get("/x")`."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            yield ast.unparse(decorator.func.value), decorator.func.attr, decorator.args


def everything() -> str:
    """Return the text of the whole source, to look names up in."""
    folders = ("template", "extensions", "tests")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))]
    files += [ROOT / name for name in ("copier.yml", "Makefile", "pyproject.toml")]
    readable = (path for path in files if path.is_file() and path.suffix != ".pyc")
    return "\n".join(path.read_text(encoding="utf-8") for path in readable)
