"""What the template language lacks works as its files say, on nasty input too."""

import keyword
import shlex
import sys
import tomllib
from typing import Any

import pytest

from tests.jinja import extension, render
from tests.matrix import QUESTIONS, ROOT, Combination, choices
from tests.services import Services

LONGEST_MESSAGE = 59
# In the standard library of a Python from 3.11 to 3.14, but not of all of them.
PASSING_MODULES = {
    *("aifc", "annotationlib", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk"),
    *("compression", "crypt", "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib"),
    *("nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sre_compile"),
    *("sre_constants", "sre_parse", "sunau", "telnetlib", "uu", "xdrlib"),
}
PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
DEVICES = {"con", "prn", "aux", "nul"} | PORTS

# What an async service says, and what a sync one says instead.
WRITTEN = [
    ("async def get(key: int) -> Row:", "def get(key: int) -> Row:"),
    ("    async with session.begin() as transaction:", "    with session.begin() as transaction:"),
    ("    async for row in rows:", "    for row in rows:"),
    ("found = [row async for row in rows]", "found = [row for row in rows]"),
    ("    row = await session.scalar(statement)", "    row = session.scalar(statement)"),
    ("    await session.flush()", "    session.flush()"),
    ("return await first(await second())", "return first(second())"),
    ("async with a() as x, b() as y:", "with a() as x, b() as y:"),
    ("session: AsyncSession", "session: Session"),
    ("x: dict[AsyncSession, list[AsyncEngine]]", "x: dict[Session, list[Engine]]"),
    ("def f() -> AsyncGenerator[AsyncConnection]:", "def f() -> Generator[Connection]:"),
    ("from collections.abc import AsyncIterator", "from collections.abc import Iterator"),
    ("engine = create_async_engine(url)", "engine = create_engine(url)"),
    ("Factory = async_sessionmaker[AsyncSession]", "Factory = sessionmaker[Session]"),
    ('event.listen(engine.sync_engine, "begin", f)', 'event.listen(engine, "begin", f)'),
    ("session.sync_session.info", "session.info"),
    ("from contextlib import asynccontextmanager", "from contextlib import contextmanager"),
    ("from sqlalchemy.ext.asyncio import AsyncSession", "from sqlalchemy.orm import Session"),
    (
        """from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload""",
        "from sqlalchemy.orm import Session, joinedload, selectinload",
    ),
    (
        """from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column""",
        "from sqlalchemy.orm import Mapped, Session, mapped_column",
    ),
    (
        """from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine""",
        """from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection""",
    ),
    (
        """from httpx2 import AsyncClient
client: AsyncClient""",
        """from fastapi.testclient import TestClient
client: TestClient""",
    ),
    (
        "from httpx2 import AsyncClient, Response",
        """from fastapi.testclient import TestClient
from httpx2 import Response""",
    ),
]
# What only looks like it, and stays in a sync service.
LEFT_ALONE = [
    "await_all(tasks)",
    "awaitable = get()",
    "is_async = False",
    "import asyncio",
    "asyncio.run(main())",
    "MyAsyncSession = AsyncSessions",
    "AsyncExitStack()",
    "build_async_sessionmaker_for(x)",
    "recreate_async_engines()",
    'text = "an async service"',
    "x.sync_engines",
    'pattern = r"\\d+\\1\\g<0>"',
    'text = f"{{ {x} }} {% raw %} {#"',
    "# Zoë: 'single', \"double\", `back`, $1 \\1 & < >",
]
# What the shop says with accounts, and what it says instead where nobody signs in.
WITH_ACCOUNTS = [
    (
        """from app.auth.access import CurrentActor, require
from app.auth.scopes import Scope
from app.models import User""",
        "from app.models import User",
    ),
    ("from app.users import x\nfrom tests.staff import key_of\n", "from app.users import x\n"),
    ('@guarded_router.post("/bulk")', '@router.post("/bulk")'),
    ('@guarded_users_router.get("")', '@users_router.get("")'),
    (
        "def get(session: SessionDep, actor: CurrentActor) -> X:",
        "def get(session: SessionDep) -> X:",
    ),
    (
        "def new(data: A, items: list[B], actor: Actor) -> C:",
        "def new(data: A, items: list[B]) -> C:",
    ),
    ("        self.x = x\n        self.actor = actor\n\n", "        self.x = x\n\n"),
    ("return Service(Repository(session), actor)", "return Service(Repository(session))"),
    ("order = new(data, sell(x), self.actor)", "order = new(data, sell(x))"),
    ("f(x, actor, y)", "f(x, y)"),
    ("user = get(self.actor.user_id, lock=True)", "user = get(data.user_id, lock=True)"),
    ("user_id=actor.user_id,", "user_id=data.user_id,"),
    ("post(path, json=body, headers=key_of(user_id))", "post(path, json=body)"),
]
# What only looks like it, and stays where nobody signs in.
KNOWN_TO_ALL = [
    "from app.accounting.ledger import Entry",
    "    from app.auth.access import require",
    "from tests.statements import Cost",
    "guarded_router = 1",
    "@guarded_by(router)",
    "actors = [actor]",
    "x.actor_id",
    "factor.user_id",
    'session.info["actor"]',
    "f(x, actors)",
    "f(x, actor=y)",
    "        self.actor = actors[0]",
    "headers=key",
]
REFUSED_NAMES = [
    ("", "2 to 40"),
    ("x", "2 to 40"),
    ("x" * 41, "2 to 40"),
    ("Café", "ASCII"),
    ("a.b", "ASCII"),
    ("two\nlines", "ASCII"),
    ("ends\n", "ASCII"),
    ("1st", "Begin with a letter"),
    ("-x", "Begin with a letter"),
    ("x-", "End with a letter or a digit"),
    ("x ", "End with a letter or a digit"),
    ("class", "has this name"),
    ("JSON", "has this name"),
    ("Py Compile", "has this name"),
    ("py-compile", "has this name"),
    ("FastAPI", "has this name"),
    ("pydantic_settings", "has this name"),
    ("Pydantic  Settings", "has this name"),
    ("COM1", "has this name"),
]
ACCEPTED_NAMES = {
    "My Service": "my-service",
    "ab": "ab",
    "A1": "a1",
    "snake_case_name": "snake-case-name",
    "Spaces   and - dashes": "spaces-and-dashes",
    "fastapi service": "fastapi-service",
    "x" * 40: "x" * 40,
}
REFUSED_DESCRIPTIONS = [
    ("", "1 to 120"),
    ("x" * 121, "1 to 120"),
    ("two\nlines", "one line"),
    ("ends\n", "one line"),
    ("a tab\t", "one line"),
    ("\x00", "one line"),
    ("\x85", "one line"),
    ("\u2028", "one line"),
    (" ", "spaces at its ends"),
    (" x", "spaces at its ends"),
    ("x ", "spaces at its ends"),
    ("turned \u202e round", "cannot be seen"),
    ("half \ud800", "cannot be seen"),
    ("\ufeffmarked", "cannot be seen"),
]
ACCEPTED_DESCRIPTIONS = [
    "x",
    "x" * 120,
    "Grüße, 世界 \N{PARTY POPPER}",
    '"\\" {{ 7 * 7 }} # {% x %}',
]
MARKDOWN = [
    ("plain text, with commas.", "plain text, with commas."),
    ("a *b* `c` [d](e) <f>", "a \\*b\\* \\`c\\` \\[d\\](e) \\<f>"),
    ("snake_case stays, _this_ does not", "snake_case stays, \\_this\\_ does not"),
    ("a ~ b ~~c~~", "a ~ b \\~~c\\~~"),
    ("&amp; & co", "\\&amp; & co"),
    ("\\", "\\\\"),
    ("# head", "\\# head"),
    ("- item", "\\- item"),
    ("> quote", "\\> quote"),
    ("1. item", "1\\. item"),
    ("2 + 2 - 1", "2 + 2 - 1"),
]
DIALECTS: dict[str, dict[str, Any]] = extension("dialects").dialects


def written(text: str, concurrency: str) -> str:
    """Render a file that wraps this text."""
    source = (
        '# {% from "extensions/written_async.jinja" import written_async %}\n'
        "# {% call written_async(concurrency) %}\n"
        "{{ text }}\n"
        "# {% endcall %}\n"
    )
    return render(source, text=text, concurrency=concurrency)


@pytest.mark.parametrize(("source", "derived"), WRITTEN)
def test_sync_is_derived_from_async(source: str, derived: str) -> None:
    assert written(source, "sync") == f"{derived}\n"
    # And once more changes nothing.
    assert written(derived, "sync") == f"{derived}\n"


@pytest.mark.parametrize("source", [*(source for source, _ in WRITTEN), *LEFT_ALONE])
def test_async_stays_as_it_is_written(source: str) -> None:
    assert written(source, "async") == f"{source}\n"


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_what_only_looks_like_async_is_left_alone(source: str) -> None:
    assert written(source, "sync") == f"{source}\n"


@pytest.mark.parametrize("concurrency", choices("concurrency"))
def test_a_last_block_that_is_left_out_leaves_no_blank_lines(concurrency: str) -> None:
    assert written("x = 1\n\n\n", concurrency) == "x = 1\n"
    assert written("x = 1\n\n\ny = 2", concurrency) == "x = 1\n\n\ny = 2\n"


def accounted(text: str, auth: str) -> str:
    """Render a file that wraps this text."""
    source = (
        '# {% from "extensions/with_accounts.jinja" import with_accounts %}\n'
        "# {% call with_accounts(auth) %}\n"
        "{{ text }}\n"
        "# {% endcall %}\n"
    )
    return render(source, text=text, auth=auth)


@pytest.mark.parametrize(("source", "derived"), WITH_ACCOUNTS)
def test_what_nobody_signs_in_to_is_derived_from_accounts(source: str, derived: str) -> None:
    assert accounted(source, "none") == f"{derived}\n"
    # And once more changes nothing.
    assert accounted(derived, "none") == f"{derived}\n"


@pytest.mark.parametrize("auth", [one for one in choices("auth") if one != "none"])
@pytest.mark.parametrize("source", [*(source for source, _ in WITH_ACCOUNTS), *KNOWN_TO_ALL])
def test_what_has_accounts_stays_as_it_is_written(source: str, auth: str) -> None:
    assert accounted(source, auth) == f"{source}\n"


@pytest.mark.parametrize("source", KNOWN_TO_ALL)
def test_what_only_looks_like_accounts_is_left_alone(source: str) -> None:
    assert accounted(source, "none") == f"{source}\n"


@pytest.mark.parametrize(("name", "slug"), ACCEPTED_NAMES.items())
def test_a_good_name_has_no_problem_and_a_slug(name: str, slug: str) -> None:
    names = extension("names")

    assert names.name_problem(name).strip() == ""
    assert names.slug_of(name) == slug


@pytest.mark.parametrize(("name", "problem"), REFUSED_NAMES)
def test_a_bad_name_is_told_its_first_problem(name: str, problem: str) -> None:
    assert problem in extension("names").name_problem(name)


@pytest.mark.parametrize("text", ACCEPTED_DESCRIPTIONS)
def test_a_good_description_has_no_problem(text: str) -> None:
    assert extension("names").description_problem(text).strip() == ""


@pytest.mark.parametrize(("text", "problem"), REFUSED_DESCRIPTIONS)
def test_a_bad_description_is_told_its_first_problem(text: str, problem: str) -> None:
    assert problem in extension("names").description_problem(text)


def test_each_problem_is_one_line_that_copier_shows_whole() -> None:
    names = extension("names")
    problems = [
        *(names.name_problem(name).strip() for name, _ in REFUSED_NAMES),
        *(names.description_problem(text).strip() for text, _ in REFUSED_DESCRIPTIONS),
    ]

    assert [text for text in problems if len(text) > LONGEST_MESSAGE or "\n" in text] == []


@pytest.mark.parametrize(("text", "escaped"), MARKDOWN)
def test_markup_in_a_text_is_escaped(text: str, escaped: str) -> None:
    assert extension("names").markdown_of(text).strip() == escaped


def test_keywords_are_those_of_python() -> None:
    assert set(extension("reserved").keywords) == {word.lower() for word in keyword.kwlist}


def test_modules_are_those_of_python() -> None:
    names = {name.lower() for name in sys.stdlib_module_names if not name.startswith("_")}
    reserved = set(extension("reserved").modules)

    assert names - reserved == set()
    assert reserved - names <= PASSING_MODULES


def test_devices_are_those_of_windows() -> None:
    assert set(extension("reserved").devices) == DEVICES


def test_packages_are_those_a_service_installs(
    dependency_combination: Combination,
    services: Services,
) -> None:
    """A name too many does no harm: what a package of today needs may be gone tomorrow."""
    service = services.install(dependency_combination)
    lock = tomllib.loads((service / "uv.lock").read_text(encoding="utf-8"))
    installed = {package["name"] for package in lock["package"]} - {"my-service"}

    assert installed - set(extension("reserved").packages) == set()


def test_reserved_names_are_all_lists_together_in_order_and_without_repeats() -> None:
    reserved = extension("reserved")
    lists = [reserved.keywords, reserved.modules, reserved.packages, reserved.devices]

    assert reserved.reserved == [name for one in lists for name in one]
    assert [one for one in lists if sorted(set(one)) != one] == []


def test_the_table_of_databases_has_every_choice() -> None:
    assert list(DIALECTS) == choices("database")


@pytest.mark.parametrize("database", DIALECTS)
def test_a_database_forgets_no_fact(database: str) -> None:
    first = {name: type(fact) for name, fact in next(iter(DIALECTS.values())).items()}
    facts = DIALECTS[database]

    assert {name: type(fact) for name, fact in facts.items()} == first
    assert facts["name"] == database
    assert list(facts["requirements"]) == choices("concurrency")
    assert list(facts["drivers"]) == [*choices("concurrency"), "migrations"]


@pytest.mark.parametrize("part", ["engine", "migration", "violations"])
@pytest.mark.parametrize("database", DIALECTS)
def test_a_database_has_the_files_of_its_family(database: str, part: str) -> None:
    name = f"{part}.{DIALECTS[database]['family']}.py"

    assert (ROOT / "template/app/database" / name).is_file()


def test_what_a_server_needs_is_told_of_every_server() -> None:
    servers = [facts for facts in DIALECTS.values() if facts["server"]]
    nested = [{name: list(facts[name]) for name in ("compose", "limit")} for facts in servers]

    assert nested == nested[:1] * len(servers)


@pytest.mark.parametrize("text", ["plain", "it's", '"quoted"', "$HOME `id`; rm -rf ~", "ü 世 \\"])
def test_the_command_that_is_told_is_quoted_for_a_shell(text: str) -> None:
    answers = {"_src_path": f"/a {text}", "project_name": text, "repository": False}

    told = extension("commands").copy_command(answers, f"/b {text}")

    assert shlex.split(told) == [
        *("uvx", "copier", "copy", "--defaults"),
        *("-d", f"project_name={text}", "-d", "repository=false"),
        *(f"/a {text}", f"/b {text}"),
    ]


def test_every_file_of_macros_is_tested_here() -> None:
    tested = {
        "answers",
        "commands",
        "dialects",
        "names",
        "reserved",
        "with_accounts",
        "written_async",
    }

    assert {path.stem for path in (ROOT / "extensions").iterdir()} == tested


def test_every_question_that_is_asked_is_a_known_answer() -> None:
    module = extension("answers")
    named = {name: one for name, one in QUESTIONS.items() if not name.startswith("_")}
    asked = [name for name, one in named.items() if one.get("when") is not False]

    assert module.questions == asked
