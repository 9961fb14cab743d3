"""What the template holds, read from its source: the documentation is compared with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.jinja import extension
from tests.support.matrix import ROOT

APP = ROOT / "template/app"
METHODS = {"get", "post", "put", "patch", "delete"}
SERVER_ONLY = re.compile(r"# {% if dialect\.server %}\n(.*?)# {% endif %}", re.DOTALL)
TYPES = {
    "bool": "`true` or `false`",
    "CommaSeparated": "list, with commas",
    "DatabaseURL": "URL",
    "Seconds": "seconds",
    "Seconds | None": "seconds",
    "int": "whole number",
    "int | None": "whole number",
    "float": "number",
    "str": "text",
    "str | None": "text",
    "SecretStr | None": "secret",
    "RateLimit": "number/time",
    "JWTKeys": "JSON object",
}
BOUNDS = {"gt": "above {}", "ge": "{} or more"}


class Setting(NamedTuple):
    """A setting as its row in the documentation tells it."""

    type: str
    default: str
    # Which databases have it; of authentication, which answer to `auth`.
    where: str


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
    fields = dict(_fields(APP / "config.py"))
    return {
        name: _setting(field, "server" if f"    {name.lower()}: " in for_servers else "all")
        for name, field in fields.items()
    }


def auth_settings() -> dict[str, Setting]:
    """Return every setting of authentication by its variable, with the answer that has it."""
    file = APP / "auth/config.py"
    jwt, session = _lines_by_answer(file.read_text(encoding="utf-8").splitlines())
    return {
        name: _setting(
            field,
            "jwt" if field.lineno in jwt else "session" if field.lineno in session else "both",
        )
        for name, field in _fields(file)
    }


def _lines_by_answer(lines: list[str]) -> tuple[set[int], set[int]]:
    """Return the numbers of the lines that only `jwt` has, and of those that only `session` has."""
    found: dict[str, set[int]] = {"jwt": set(), "session": set(), "both": set()}
    answer = "both"
    for number, line in enumerate(lines, 1):
        match line:
            case '# {% if auth == "jwt" %}':
                answer = "jwt"
            case "# {% else %}":
                answer = "session"
            case "# {% endif %}":
                answer = "both"
        found[answer].add(number)
    return found["jwt"], found["session"]


def _fields(file: Path) -> Iterator[tuple[str, ast.AnnAssign]]:
    """Give the fields of classes of settings, each by its variable."""
    for node in _tree(file).body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
            for field in node.body:
                # One without a default belongs to another class.
                if isinstance(field, ast.AnnAssign) and field.value:
                    yield ast.unparse(field.target).upper(), field


def _setting(field: ast.AnnAssign, where: str) -> Setting:
    name = ast.unparse(field.target)
    kind = _type(field)
    # Nothing means something else for each kind.
    nothing = "of the profile" if name.startswith("database_pool") else "none"
    return Setting(kind, _default(field.value) or ("off" if kind == "seconds" else nothing), where)


def _type(field: ast.AnnAssign) -> str:
    annotation = _bare(field.annotation)
    if annotation.startswith("Literal["):
        *most, last = (f"`{choice}`" for choice in ast.literal_eval(annotation[len("Literal") :]))
        return f"{', '.join(most)} or {last}"
    bounds = [
        BOUNDS[keyword.arg].format(ast.unparse(keyword.value))
        for keyword in getattr(field.value, "keywords", [])
        if keyword.arg in BOUNDS
    ]
    return ", ".join([TYPES[annotation], *bounds])


def _bare(annotation: ast.expr) -> str:
    """Return what an annotation says without its rules."""
    if isinstance(annotation, ast.BinOp):
        return f"{_bare(annotation.left)} | {_bare(annotation.right)}"
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        assert isinstance(annotation.slice, ast.Tuple)
        return ast.unparse(annotation.slice.elts[0])
    return ast.unparse(annotation)


def _default(value: ast.expr | None) -> str:
    """Return how a default is written; nothing for none."""
    if isinstance(value, ast.Call):
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default" not in given:
            return "see below"
        value = given["default"]
    if isinstance(value, ast.Name):
        return "see below"
    plain = ast.literal_eval(value) if value else None
    match plain:
        case None:
            return ""
        case [] | "":
            return "empty"
        case bool():
            return f"`{str(plain).lower()}`"
        case _:
            return f"`{plain}`"


def commands() -> dict[str, set[str]]:
    """Return the commands of a service, each with its options."""
    groups = [*_decorated(), *_registered()]
    return {
        f"uv run app {'' if group == 'cli' else f'{group} '}{function.name}": set(
            _options(function, file)
        )
        for group, function, file in groups
    }


def _decorated() -> Iterator[tuple[str, ast.FunctionDef, Path]]:
    """Give (group, function, file) of commands such as `@db.command()`."""
    for file in sorted(APP.rglob("*.py")):
        for function in _functions(file) if "typer" in file.read_text(encoding="utf-8") else ():
            for group, name, _ in _decorators(function):
                if name == "command":
                    yield group, function, file


def _registered() -> Iterator[tuple[str, ast.FunctionDef, Path]]:
    """Give (group, function, file) of commands that app/cli.py adds: `db.command()(seed)`."""
    text = (ROOT / "extensions/features.jinja").read_text(encoding="utf-8")
    for group, name in re.findall(r"\b(\w+)\.command\(\)\((\w+)\)", text):
        module = re.search(rf"from app\.([\w.]+) import {name}\b", text)
        for file in APP.glob(f"{module[1].replace('.', '/')}*.py") if module else ():
            yield from ((group, one, file) for one in _functions(file) if one.name == name)


def _options(function: ast.FunctionDef, file: Path) -> Iterator[str]:
    shared = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in _tree(file).body
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
        routers = dict(_routers(file)) if "APIRouter(" in text else {}
        # A router within another one has its prefix too.
        for outer, inner in re.findall(r"^(\w+)\.include_router\((\w+)", text, re.MULTILINE):
            routers[inner] = routers[outer] + routers[inner]
        found |= set(_routes(file, routers))
    return found


def _routers(file: Path) -> Iterator[tuple[str, str]]:
    """Give (name, prefix) of each router."""
    for node in _tree(file).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            given = {keyword.arg: keyword.value for keyword in node.value.keywords}
            if ast.unparse(node.value.func) == "APIRouter":
                prefix = given.get("prefix", ast.Constant(""))
                yield ast.unparse(node.targets[0]), ast.literal_eval(prefix)


def _routes(file: Path, prefixes: dict[str, str]) -> Iterator[tuple[str, str]]:
    for function in _functions(file) if prefixes else ():
        for router, method, arguments in _decorators(function):
            if method in METHODS and router in prefixes:
                yield method.upper(), prefixes[router] + ast.literal_eval(arguments[0])


def statuses() -> set[int]:
    """Return the statuses that domain errors carry, those of the base class left out."""
    text = (APP / "errors.py").read_text(encoding="utf-8")
    return {int(code) for code in re.findall(r"status_code = (\d+)", text)}


def make_targets() -> set[str]:
    """Return the targets of `make`."""
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
