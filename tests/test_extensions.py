"""The macro files say what they should, as tables of examples."""

import keyword
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from copier._jinja_ext import SandboxedEnvironment

from tests.matrix import QUESTIONS, ROOT, all_combinations, choices, covering
from tests.services import Services

OPTIONS: dict[str, Any] = QUESTIONS["_envops"] | {"undefined": jinja2.StrictUndefined}
ENVIRONMENT = SandboxedEnvironment(
    loader=jinja2.FileSystemLoader(ROOT),
    extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
    **OPTIONS,
)
DIALECTS: dict[str, dict[str, Any]] = yaml.safe_load(
    ENVIRONMENT.from_string(
        '# {% from "extensions/dialects.jinja" import dialects %}\n{{ dialects | to_json }}'
    ).render()
)


def call(file: str, macro: str, *arguments: str) -> str:
    """Return what a macro gives for some texts."""
    source = f'# {{% from "extensions/{file}.jinja" import {macro} %}}\n'
    source += f"{{{{ {macro}(*arguments) }}}}"
    return ENVIRONMENT.from_string(source).render(arguments=arguments)


def written(concurrency: str, code: str) -> str:
    """Return what becomes of async code."""
    source = '# {% from "extensions/written_async.jinja" import written_async %}\n'
    source += "# {% call written_async(concurrency) %}\n" + code + "# {% endcall %}\n"
    return ENVIRONMENT.from_string(source).render(concurrency=concurrency)


SYNC = [
    ("async def read() -> None: ...\n", "def read() -> None: ...\n"),
    ("    async with open() as file:\n", "    with open() as file:\n"),
    ("    async for row in rows:\n", "    for row in rows:\n"),
    ("    row = await session.get(key)\n", "    row = session.get(key)\n"),
    ("session: AsyncSession\n", "session: Session\n"),
    ("def f() -> AsyncGenerator[AsyncSession]: ...\n", "def f() -> Generator[Session]: ...\n"),
    ("engine: AsyncEngine = create_async_engine(url)\n", "engine: Engine = create_engine(url)\n"),
    ("sessions = async_sessionmaker(engine)\n", "sessions = sessionmaker(engine)\n"),
    ("event.listen(engine.sync_engine, name)\n", "event.listen(engine, name)\n"),
    (
        "from sqlalchemy.ext.asyncio import AsyncSession\n",
        "from sqlalchemy.orm import Session\n",
    ),
    (
        "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import joinedload\n",
        "from sqlalchemy.orm import Session, joinedload\n",
    ),
    (
        (
            "from sqlalchemy import Connection, event\n"
            "from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine\n"
        ),
        "from sqlalchemy import Connection, Engine, create_engine, event\n",
    ),
    ("client: AsyncClient\n", "client: TestClient\n"),
    ("from httpx2 import AsyncClient\n", "from fastapi.testclient import TestClient\n"),
    # Left alone: what only looks alike.
    ("asynchronous = awaited = 1\n", "asynchronous = awaited = 1\n"),
    ("MyAsyncSession = 1\n", "MyAsyncSession = 1\n"),
    ("# Plain text stays.\n", "# Plain text stays.\n"),
]


@pytest.mark.parametrize(("source", "expected"), SYNC)
def test_sync_code_is_derived_from_async_code(source: str, expected: str) -> None:
    assert written("sync", source) == expected


@pytest.mark.parametrize("source", [source for source, _ in SYNC])
def test_async_code_stays_as_it_is(source: str) -> None:
    assert written("async", source) == source


def test_code_ends_with_one_line_break_even_when_its_last_block_is_left_out() -> None:
    assert written("async", "code = 1\n\n\n") == "code = 1\n"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("My Service", "my-service"), ("a_b-c  d", "a-b-c-d"), ("Ab", "ab"), ("X1", "x1")],
)
def test_a_slug_is_a_legal_name_of_a_package(name: str, slug: str) -> None:
    assert call("names", "slug_of", name) == slug


def test_every_database_has_the_same_facts() -> None:
    keys = {name: sorted(facts) for name, facts in DIALECTS.items()}

    assert len({tuple(facts) for facts in keys.values()}) == 1


def test_the_table_of_databases_is_what_can_be_chosen() -> None:
    assert sorted(DIALECTS) == sorted(choices("database"))
    assert all(facts["name"] == name for name, facts in DIALECTS.items())


@pytest.mark.parametrize("facts", DIALECTS.values(), ids=DIALECTS)
def test_a_database_has_drivers_for_each_concurrency_and_files_of_its_family(
    facts: dict[str, Any],
) -> None:
    folder = ROOT / "template/app/database"

    assert set(facts["drivers"]) == {*choices("concurrency"), "migrations"}
    assert set(facts["requirements"]) == set(choices("concurrency"))
    for part in ("engine", "migration", "violations"):
        assert (folder / f"{part}.{facts['family']}.py").exists()


def reserved() -> set[str]:
    source = '# {% from "extensions/reserved.jinja" import reserved %}\n{{ reserved | to_json }}'
    return set(yaml.safe_load(ENVIRONMENT.from_string(source).render()))


def test_names_of_python_and_of_windows_are_reserved() -> None:
    windows = {"con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9"}
    modules = {name.lower() for name in sys.stdlib_module_names if not name.startswith("_")}
    keywords = {word.lower() for word in keyword.kwlist}

    assert windows | modules | keywords <= reserved()


def test_names_of_installed_packages_are_reserved(services: Services) -> None:
    few = covering(all_combinations())
    lock = "".join((services.install(one) / "uv.lock").read_text() for one in few)
    packages = {line.split('"')[1] for line in lock.splitlines() if line.startswith("name = ")}

    assert packages - {"my-service"} <= reserved()


def test_the_printed_command_quotes_answers_for_a_shell() -> None:
    answers = {"_src_path": "a b", "description": "it's; rm -rf", "repository": False}
    source = '# {% from "extensions/commands.jinja" import copy_command %}\n'
    source += "{{ copy_command(answers, target) }}"

    text = ENVIRONMENT.from_string(source).render(answers=answers, target=Path("x y"))

    assert "-d description='it'\"'\"'s; rm -rf'" in text
    assert text.strip().endswith("'a b' 'x y'")
    assert "-d repository=false" in text
