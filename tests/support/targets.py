"""What reading a service costs its owner: sizes, files that a request enters, names by guess."""

import ast
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.jinja import template_files
from tests.support.matrix import Combination
from tests.support.services import Services

SHOP = Combination("sqlite", "async", "jwt", "shop", repository=True)
EMPTY = Combination("sqlite", "async", "jwt", "none", repository=True)
# What a developer looks for who never saw the service: a prefix of a name, or a folder. Another
# kind of session than JWT has neither access tokens nor refresh tokens.
GUESSES = (
    "get_current_user",
    "get_session",
    "auth/",
    "create_access_token",
    "hash_password",
    "refresh_token",
    "revoke_",
    "reset_password",
    "verify_email",
    "rate_limit",
    "require_scopes",
    "send_email",
    "delete_expired_",
    "logout",
    "UserSession",
)
ONLY_JWT = {"create_access_token", "refresh_token"}


@dataclass(frozen=True)
class Target:
    """A number of the rendered services, and where it has to stay."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the number is within its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        """Name it in the output of `make bench`."""
        sign = ">=" if self.at_least else "<="
        missed = "" if self.is_met else "  MISSED"
        return f"{self.name:<44} {self.value:>6g}   {sign} {self.limit:g}{missed}"


def line_counts(folder: Path) -> list[int]:
    """Return the number of lines of each Python file below a folder."""
    return [len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py")]


def variants() -> list[Path]:
    """Return the files of the template that hold one answer's part: `name.choice.py`."""
    return [path for path in template_files() if len(path.suffixes) > 1 and path.suffix == ".py"]


def suffix_kinds() -> set[str]:
    """Return the choices that names of files hold."""
    return {path.suffixes[0] for path in variants()}


def defined_names(app: Path) -> Iterator[str]:
    """Give the names of folders, modules, classes and functions of a service."""
    for path in app.rglob("*.py"):
        yield f"{path.parent.name}/"
        yield path.stem
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.name


def guesses(auth: str) -> list[str]:
    """Return the guesses that can be right for a kind of session."""
    return [guess for guess in GUESSES if auth == "jwt" or guess not in ONLY_JWT]


def missed_guesses(service: Path, auth: str) -> list[str]:
    """Return the guesses that lead nowhere in a service."""
    names = set(defined_names(service / "app"))
    return [guess for guess in guesses(auth) if not _is_found(guess, names)]


def _is_found(guess: str, names: Iterable[str]) -> bool:
    return any(name.startswith(guess) for name in names)


def size_targets(services: Services) -> list[Target]:
    """Measure the files of the template and of rendered services."""
    shop, empty = services.render(SHOP), services.render(EMPTY)
    auth, app, bare = (
        line_counts(path) for path in (shop / "app/auth", shop / "app", empty / "app")
    )
    python = [path for path in template_files() if path.suffix == ".py"]
    found = len(GUESSES) - len(missed_guesses(shop, "jwt"))
    return [
        Target("app/auth, files", len(auth), 22),
        Target("app/auth, lines", sum(auth), 2500),
        Target("app/auth, median lines of a file", statistics.median(auth), 80, at_least=True),
        Target("app/ of jwt and no example, files", len(bare), 62),
        Target("app/ of jwt and no example, lines", sum(bare), 4700),
        Target("app/ of jwt and the shop, files", len(app), 105),
        Target("app/ of jwt and the shop, lines", sum(app), 8100),
        Target("names found by 15 guesses", found, 13, at_least=True),
        Target("Python files in template/", len(python), 320),
        Target("variants in template/ (name.choice.py)", len(variants()), 40),
        Target("kinds of their suffixes", len(suffix_kinds()), 9),
    ]


def request_targets(entered: dict[str, list[str]]) -> list[Target]:
    """Count the files that a login and an order enter."""
    return [
        Target("files of app/ entered by a login", len(entered["login"]), 13),
        Target("files of app/ entered by an order", len(entered["order"]), 17),
    ]
