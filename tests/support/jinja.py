"""Copier's template language, set up as copier.yml says, to try a macro or read a template."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from tests.support.matrix import QUESTIONS, ROOT

TEMPLATE = ROOT / "template"
FILTERS = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"


@cache
def environment() -> SandboxedEnvironment:
    """Return the environment that Copier renders with."""
    options: dict[str, Any] = dict(QUESTIONS["_envops"])
    assert options.pop("undefined") == "jinja2.StrictUndefined"
    return SandboxedEnvironment(
        loader=FileSystemLoader(ROOT),
        extensions=[FILTERS],
        undefined=StrictUndefined,
        **options,
    )


def extension(name: str) -> Any:
    """Return a file of macros: its macros and values are attributes."""
    return environment().get_template(f"extensions/{name}.jinja").module


def render(source: str, **answers: Any) -> str:
    """Render a piece of a template."""
    return environment().from_string(source).render(**answers)


def template_files() -> list[Path]:
    """Return every file of the template."""
    found = sorted(path for path in TEMPLATE.rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]
