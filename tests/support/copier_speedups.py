"""What a run of tests does once, though Copier does it for every file of every copy."""

from typing import Any

import pytest
from copier._main import Worker
from jinja2 import Environment

compile_template = Environment.compile
compiled: dict[Any, Any] = {}


def patch_copier() -> None:
    """Spare this process what takes two thirds of a copy and changes nothing of it."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Environment, "compile", compile_once)
    # It asks git about each file, because of systems that ignore its mode.
    patch.setattr(Worker, "_sync_git_index_executable_bit", lambda *_: None)


def compile_once(
    environment: Environment,
    source: str,
    name: str | None = None,
    filename: str | None = None,
) -> Any:
    """Do the work of `Environment.compile`, unless the same text was compiled alike before.

    Each copy has its template in another folder, so the file is not part of what is alike.
    """
    key = (type(environment), environment.lexer, *environment.extensions, source, name)
    if key not in compiled:
        compiled[key] = compile_template(environment, source, name, filename)
    return compiled[key]
