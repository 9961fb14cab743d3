"""Costs and sizes, costs as ratios where the machine's speed would matter: `make bench`."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.request_trace import files_entered
from tests.support.services import UV, Services, environment, freeze, render
from tests.support.targets import SHOP, request_targets, size_targets

ROUNDS = 5
# As many routes and tables as the default service has, and nothing else.
PLAIN = """
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): pass
class Item(BaseModel):
    name: str
engine = create_async_engine("sqlite+aiosqlite:///x.db")
sessions = async_sessionmaker(engine)
for number in range({tables}):
    columns = {{"id": mapped_column(primary_key=True), "__annotations__": {{"id": Mapped[int]}}}}
    type(f"T{{number}}", (Base,), {{"__tablename__": f"t{{number}}", **columns}})
app = FastAPI()
for number in range({routes}):
    async def route(item: Item) -> Item: return item
    app.post(f"/route{{number}}")(route)
"""


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ratio(first: Callable[[], object], second: Callable[[], object]) -> float:
    """Return first / second, run in turn, as the median of some rounds."""
    first(), second()
    return statistics.median(seconds(first) / seconds(second) for _ in range(ROUNDS))


def python(program: Path | str, code: str, cwd: Path) -> str:
    """Run Python code in a folder and return what it prints."""
    command = [str(program), "-c", code]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, check=True)
    return done.stdout.decode().strip()


def runtime_packages(service: Path) -> int:
    """Return how many packages the service needs to run, itself not counted."""
    command = [UV, "export", "--no-dev", "--no-hashes", "--no-emit-project", "--quiet"]
    done = subprocess.run(command, cwd=service, env=environment(), capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    return sum("==" in line and "sys_platform == 'win32'" not in line for line in lines)


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "template").mkdir()
        template = freeze(folder / "template")
        service = folder / "service"

        def first_contact() -> None:
            render(template, service, {})
            subprocess.run([UV, "sync", "--quiet"], cwd=service, env=environment(), check=True)
            python(service / ".venv/bin/python", "import app.main", service)

        first_contact()
        print(f"copy, install (warm cache), import: {seconds(first_contact):.1f} s (aim: < 8)")
        rendering = ratio(
            lambda: render(template, folder / "again", {}),
            lambda: python(sys.executable, "import copier", folder),
        )
        print(f"a render / `import copier`: {rendering:.2f}")
        own = service / ".venv/bin/python"
        count = "from app.main import create_app; from app.models import Base; "
        count += "print(len(create_app().openapi()['paths']), len(Base.metadata.tables))"
        routes, tables = python(own, count, service).split()
        plain = PLAIN.format(routes=routes, tables=tables)
        importing = ratio(
            lambda: python(own, "from app.main import create_app; create_app()", service),
            lambda: python(own, plain, service),
        )
        print(f"import / that of a plain app of {routes} paths: {importing:.2f} (aim: <= 1.3)")
        print(f"packages to run the service: {runtime_packages(service)} (aim: < 36)")
        print_targets(template, folder)


def print_targets(template: Path, folder: Path) -> None:
    """Print what reading a service costs its owner, each number with its limit."""
    for name in ("services", "shared"):
        (folder / name).mkdir()
    services = Services(template, folder / "services", folder / "shared")
    targets = size_targets(services)
    entered = files_entered(services, SHOP, folder)
    print(f"\n{'of rendered services':<44} {'now':>6}   limit")
    for target in [*targets, *request_targets(entered)]:
        print(target)
    for name, files in entered.items():
        print(f"{name}: {', '.join(files)}")


if __name__ == "__main__":
    main()
