"""The page about the first table leads to a service that works: its code is run as it stands."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.matrix import Combination, all_combinations, as_parameters
from tests.support.services import UV, Services, run

pytestmark = pytest.mark.heavy
# A block of code, and the file it belongs to: the last words before it.
FILE = re.compile(r"`((?:app|tests)/[\w/]+\.py)`\n\n```python\n(.*?)```", re.DOTALL)
MARKER = "go below this line."
EMPTY = {
    Combination("sqlite", "async", "none", "none", repository=True),
    Combination("sqlite", "sync", "jwt", "none", repository=True),
    Combination("sqlite", "async", "session", "none", repository=False),
}
OFFERED = [one for one in all_combinations() if one in EMPTY]
# What such a table could break, beside its own tests.
TESTS = ["tests/books", "tests/test_migrations.py", "tests/auth/test_default_deny.py"]


@pytest.mark.parametrize("chosen", as_parameters(OFFERED))
def test_page_leads_to_a_working_table(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    installed = shutil.ignore_patterns(".venv")
    service = shutil.copytree(services.render(chosen), tmp_path / "service", ignore=installed)
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/books.db"}
    run(UV, "sync", "--quiet", cwd=service)
    run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)

    write(service)
    run(UV, "run", "app", "db", "revision", "-m", "add books", cwd=service, env=env)
    run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)
    # It sorts the imports, as at each commit.
    run("ruff", "check", "--fix", "--no-cache", cwd=service)
    run("ruff", "format", "--check", "--no-cache", cwd=service)
    run("mypy", f"--cache-dir={services.folder}/mypy", cwd=service)
    run(UV, "run", "pytest", *there(service), "--numprocesses=0", "--dist=no", cwd=service)

    assert len(list(service.glob("migrations/versions/*_add_books.py"))) == 1


def write(service: Path) -> None:
    """Do what the page says, but for its commands."""
    page = (service / "docs/first-table.md").read_text(encoding="utf-8")
    for name, code in FILE.findall(page):
        file = service / name
        if MARKER in code:
            insert(file, code)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")


def insert(file: Path, code: str) -> None:
    """Insert each line that the page shows below a marker line."""
    text = file.read_text(encoding="utf-8")
    for marker, line in pairwise(code.splitlines(keepends=True)):
        if MARKER in marker:
            assert marker in text
            text = text.replace(marker, marker + line)
    file.write_text(text, encoding="utf-8")


def there(service: Path) -> list[str]:
    """Return those of the tests that the service has."""
    return [path for path in TESTS if (service / path).exists()]
