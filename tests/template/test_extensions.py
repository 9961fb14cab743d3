"""What the template language lacks works as its files say, on nasty input too."""

import keyword
import re
import shlex
import sys
import tomllib
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
import yaml

from tests.conftest import ANY_TWO_ANSWERS
from tests.support.jinja import extension, render, template_files
from tests.support.matrix import QUESTIONS, ROOT, Combination, choices
from tests.support.services import Services

MAX_MESSAGE = 59
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
# Lines of a route with accounts, and what is left of them without.
GUARDED = [
    (
        """from app.auth.dependencies import require_scopes
from app.auth.scopes import Scope
from app.models import User
from app.shop.access import same_user_or_staff
from app.users import x""",
        "from app.models import User\nfrom app.users import x",
    ),
    (
        """@router.post(
    "",
    status_code=201,
    dependencies=[require_scopes(Scope.CATALOG)],
)""",
        '@router.post("", status_code=201)',
    ),
    (
        '@router.get("", dependencies=[shop_user])',
        '@router.get("")',
    ),
    (
        """router = APIRouter(
    prefix="/users/{user_id}/addresses",
    tags=["users"],
    dependencies=[same_user_or_staff],
)""",
        'router = APIRouter(prefix="/users/{user_id}/addresses", tags=["users"])',
    ),
]
# What only looks like a guard.
UNGUARDED = [
    "from app.accounting.ledger import Entry",
    "    from app.auth.access import require",
    "from app.shop.access_log import x",
    "dependencies=[x],",
    "    dependencies=x,",
]
REPOSITORY = '''"""Statements about items."""

from sqlalchemy import or_

from app.database.repository import Repository
from app.models import Item
from app.tags.repository import DETAIL, within

COLUMNS = {
    "name": Item.name,
}


class ItemRepository(Repository[Item]):
    """Items."""

    model = Item

    async def page(self, query: PageQuery) -> Page[Item]:
        """Page of items."""
        matching = self.select_existing().where(or_(*_conditions(query)))
        return await paginate(self.session, matching, query)

    async def names(self) -> list[str]:
        """Names."""
        found = await self.all_locked([1])
        return _names(found)

    async def branch(
        self,
        key: int,
    ) -> Item:
        """Item, and its parent."""
        return await self.get(key, *DETAIL)


def _names(items: Sequence[Item]) -> list[str]:
    return [item.name for item in items]
'''
QUERIES = '''"""Statements about items."""

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import crud
from app.models import Item
from app.tags.queries import DETAIL, within

COLUMNS = {
    "name": Item.name,
}


async def page(session: AsyncSession, query: PageQuery) -> Page[Item]:
    """Page of items."""
    matching = crud.select_existing(Item).where(or_(*_conditions(query)))
    return await paginate(session, matching, query)


async def names(session: AsyncSession) -> list[str]:
    """Names."""
    found = await crud.all_locked(session, Item, [1])
    return _names(found)


async def branch(
    session: AsyncSession,
    key: int,
) -> Item:
    """Item, and its parent."""
    return await crud.get(session, Item, key, *DETAIL)


def _names(items: Sequence[Item]) -> list[str]:
    return [item.name for item in items]
'''
REPOSITORY_SERVICE = '''"""Rules of items."""

from app.dependencies import SessionDep
from app.models import Item
from app.shop.items.repository import ItemRepository
from app.shop.tags.repository import TagRepository


class ItemService:
    """Items."""

    def __init__(self, session: SessionDep) -> None:
        self.items = ItemRepository(session)
        self.tags = TagRepository(session)

    async def names(self, key: int) -> list[str]:
        """Names."""
        await self.items.add(Item())
        await log(self.items.session, key)
        await self.tags.get_locked(key)
        await self.items.get(key, *DETAIL)
        await self.items.page(PageQuery())
        return await self.items.names()
'''
QUERIES_SERVICE = '''"""Rules of items."""

from app.database import crud
from app.dependencies import SessionDep
from app.models import Item, Tag
from app.shop.items import queries as items


class ItemService:
    """Items."""

    def __init__(self, session: SessionDep) -> None:
        self.session = session

    async def names(self, key: int) -> list[str]:
        """Names."""
        await crud.add(self.session, Item())
        await log(self.session, key)
        await crud.get_locked(self.session, Tag, key)
        await crud.get(self.session, Item, key, *DETAIL)
        await items.page(self.session, PageQuery())
        return await items.names(self.session)
'''
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
ROWS: list[list[str]] = extension("written_async").rows
DIALECTS: dict[str, dict[str, Any]] = extension("dialects").dialects


def written(text: str, concurrency: str) -> str:
    """Render a file that wraps this text."""
    source = (
        '# {% from "extensions/written_async.jinja" import written_async %}\n'
        "# {% call written_async(concurrency) %}\n"
        "await first()\n"
        "{{ text }}\n"
        "# {% endcall %}\n"
    )
    # Without the first line a text could have nothing to derive, which is refused.
    rendered = render(source, text=text, concurrency=concurrency)
    return rendered.removeprefix("await ").removeprefix("first()\n")


@pytest.mark.parametrize("concurrency", choices("concurrency"))
def test_a_call_around_code_that_is_not_async_is_refused(concurrency: str) -> None:
    source = (
        '# {% from "extensions/written_async.jinja" import written_async %}\n'
        "# {% call written_async(concurrency) %}\n"
        "def add(x: int) -> int: ...\n"
        "# {% endcall %}\n"
    )

    with pytest.raises(Exception, match="nothing in this call of written_async is async"):
        render(source, concurrency=concurrency)


@pytest.mark.parametrize(("source", "derived"), WRITTEN)
def test_sync_is_derived_from_async(source: str, derived: str) -> None:
    assert written(source, "sync") == f"{derived}\n"
    # And once more changes nothing.
    assert written(derived, "sync") == f"{derived}\n"


@pytest.mark.parametrize("source", [*(source for source, _ in WRITTEN), *LEFT_ALONE])
def test_async_code_is_unchanged_in_async_services(source: str) -> None:
    assert written(source, "async") == f"{source}\n"


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_text_that_only_resembles_async_code_is_unchanged(source: str) -> None:
    assert written(source, "sync") == f"{source}\n"


def test_every_row_is_used_in_a_service(services: Services) -> None:
    """A row without a use misleads the readers of the others."""
    unused = {pattern: replacement for pattern, replacement in ROWS}
    for text in async_texts(services):
        for pattern, replacement in ROWS:
            changed = re.sub(pattern, replacement, text)
            if changed != text:
                unused.pop(pattern, None)
            text = changed  # noqa: PLW2901

    assert unused == {}


def async_texts(services: Services) -> set[str]:
    """Return the files of async services that a sync service has in another form."""
    found: set[str] = set()
    for chosen in ANY_TWO_ANSWERS:
        service = services.render(replace(chosen, concurrency="async"))
        twin = services.render(replace(chosen, concurrency="sync"))
        paths = (path.relative_to(service) for path in service.rglob("*.py"))
        pairs = ((service / path, twin / path) for path in paths if (twin / path).is_file())
        texts = ((one.read_text("utf-8"), other.read_text("utf-8")) for one, other in pairs)
        found |= {text for text, other in texts if text != other}
    return found


@pytest.mark.parametrize("concurrency", choices("concurrency"))
def test_omitted_last_block_leaves_no_blank_lines(concurrency: str) -> None:
    assert written("x = 1\n\n\n", concurrency) == "x = 1\n"
    assert written("x = 1\n\n\ny = 2", concurrency) == "x = 1\n\n\ny = 2\n"


def guarded(text: str, auth: str) -> str:
    """Render a file that wraps this text."""
    source = (
        '# {% from "extensions/route_guards.jinja" import route_guards %}\n'
        "# {% call route_guards(auth) %}\n"
        "{{ text }}\n"
        "# {% endcall %}\n"
    )
    return render(source, text=text, auth=auth)


@pytest.mark.parametrize(("source", "derived"), GUARDED)
def test_lines_of_guards_are_left_out_without_accounts(source: str, derived: str) -> None:
    assert guarded(source, "none") == f"{derived}\n"


@pytest.mark.parametrize("auth", [one for one in choices("auth") if one != "none"])
@pytest.mark.parametrize("source", [*(source for source, _ in GUARDED), *UNGUARDED])
def test_routes_with_accounts_stay_as_they_are_written(source: str, auth: str) -> None:
    assert guarded(source, auth) == f"{source}\n"


@pytest.mark.parametrize("source", UNGUARDED)
def test_lines_that_only_look_like_guards_are_left_alone(source: str) -> None:
    assert guarded(source, "none") == f"{source}\n"


def test_every_row_of_guards_is_used() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in template_files() if path.suffix == ".py")

    rows = extension("route_guards").rows
    assert [pattern for pattern, _ in rows if not re.search(pattern, texts)] == []


def plain(text: str, data_layer: str) -> str:
    """Render a file that wraps this text."""
    source = (
        '# {% from "extensions/plain_functions.jinja" import plain_functions %}\n'
        "# {% call plain_functions(data_layer) %}\n"
        "{{ text }}"
        "# {% endcall %}\n"
    )
    return render(source, text=text, data_layer=data_layer)


@pytest.mark.parametrize(
    ("source", "derived"),
    [(REPOSITORY, QUERIES), (REPOSITORY_SERVICE, QUERIES_SERVICE)],
    ids=["repository", "service"],
)
def test_functions_are_derived_from_repositories(source: str, derived: str) -> None:
    assert plain(source, "queries") == derived
    assert plain(source, "repository") == source


def test_every_row_of_repositories_is_used() -> None:
    """Go through the rows as the macro does, over every file that it is called on."""
    macro = extension("plain_functions")
    rows = [*macro.module_rows, *macro.class_rows, *macro.session_rows, *macro.service_rows]
    unused = {pattern for pattern, _ in rows}

    def apply(text: str, rows: list[list[str]], name: str = "", model: str = "") -> str:
        for pattern, replacement in rows:
            named = pattern.replace("{name}", name).replace("{model}", model)
            if re.search(named, text):
                unused.discard(pattern)
            text = macro.replaced(text, [[pattern, replacement]], model=model, name=name)
        return text

    for path in template_files():
        text = path.read_text("utf-8") if path.suffix == ".py" else ""
        if "call plain_functions(" not in text:
            continue
        text = apply(text, [*macro.module_rows, *macro.session_rows])
        for block in re.findall(r"(?ms)^class \w*Repository\(.*?(?=^\S|\Z)", text):
            apply(block, macro.class_rows, model=re.findall(r"\[(\w+)\]", block)[0])
        for name, model in re.findall(r"self\.(\w+) = (\w+)Repository\(session\)", text):
            text = apply(text, macro.service_rows, name=name, model=model)

    assert unused == set()


@pytest.mark.parametrize(("name", "slug"), ACCEPTED_NAMES.items())
def test_valid_name_has_a_slug(name: str, slug: str) -> None:
    names = extension("names")

    assert names.name_problem(name).strip() == ""
    assert names.slug_of(name) == slug


@pytest.mark.parametrize(("name", "problem"), REFUSED_NAMES)
def test_invalid_name_gets_its_first_problem(name: str, problem: str) -> None:
    assert problem in extension("names").name_problem(name)


@pytest.mark.parametrize("text", ACCEPTED_DESCRIPTIONS)
def test_valid_description_has_no_problem(text: str) -> None:
    assert extension("names").description_problem(text).strip() == ""


@pytest.mark.parametrize(("text", "problem"), REFUSED_DESCRIPTIONS)
def test_invalid_description_gets_its_first_problem(text: str, problem: str) -> None:
    assert problem in extension("names").description_problem(text)


def test_problems_fit_into_one_line_of_copier() -> None:
    names = extension("names")
    problems = [
        *(names.name_problem(name).strip() for name, _ in REFUSED_NAMES),
        *(names.description_problem(text).strip() for text, _ in REFUSED_DESCRIPTIONS),
    ]

    assert [text for text in problems if len(text) > MAX_MESSAGE or "\n" in text] == []


@pytest.mark.parametrize(("text", "escaped"), MARKDOWN)
def test_markup_in_a_text_is_escaped(text: str, escaped: str) -> None:
    assert extension("names").markdown_of(text).strip() == escaped


def test_reserved_keywords_are_those_of_python() -> None:
    assert set(extension("reserved").keywords) == {word.lower() for word in keyword.kwlist}


def test_reserved_modules_are_those_of_python() -> None:
    names = {name.lower() for name in sys.stdlib_module_names if not name.startswith("_")}
    reserved = set(extension("reserved").modules)

    assert names - reserved == set()
    assert reserved - names <= PASSING_MODULES


def test_reserved_devices_are_those_of_windows() -> None:
    assert set(extension("reserved").devices) == DEVICES


def test_reserved_packages_are_those_a_service_installs(
    dependency_combination: Combination,
    services: Services,
) -> None:
    """A name too many does no harm: what a package needs changes with its releases."""
    service = services.install(dependency_combination)
    lock = tomllib.loads((service / "uv.lock").read_text(encoding="utf-8"))
    installed = {package["name"] for package in lock["package"]} - {"my-service"}

    assert installed - set(extension("reserved").packages) == set()


def test_reserved_names_are_all_lists_in_order_without_duplicates() -> None:
    reserved = extension("reserved")
    lists = [reserved.keywords, reserved.modules, reserved.packages, reserved.devices]

    assert reserved.reserved == [name for one in lists for name in one]
    assert [one for one in lists if sorted(set(one)) != one] == []


def test_the_table_of_databases_has_every_choice() -> None:
    assert list(DIALECTS) == choices("database")


@pytest.mark.parametrize("database", DIALECTS)
def test_databases_have_the_same_facts(database: str) -> None:
    first = {name: type(fact) for name, fact in next(iter(DIALECTS.values())).items()}
    facts = DIALECTS[database]

    assert {name: type(fact) for name, fact in facts.items()} == first
    assert facts["name"] == database
    assert list(facts["requirements"]) == choices("concurrency")
    assert list(facts["drivers"]) == [*choices("concurrency"), "migrations"]


@pytest.mark.parametrize("part", ["engine", "errors", "migration"])
@pytest.mark.parametrize("database", DIALECTS)
def test_every_database_family_has_its_files(database: str, part: str) -> None:
    name = f"{part}.{DIALECTS[database]['family']}.py"

    assert (ROOT / "template/app/database" / name).is_file()


def test_servers_have_the_same_nested_facts() -> None:
    servers = [facts for facts in DIALECTS.values() if facts["server"]]
    nested = [{name: list(facts[name]) for name in ("compose", "limit")} for facts in servers]

    assert nested == nested[:1] * len(servers)


@pytest.mark.parametrize("example", choices("example"))
@pytest.mark.parametrize("auth", choices("auth"))
def test_only_features_of_a_service_enter_its_modules(auth: str, example: str) -> None:
    lines = yaml.safe_load(extension("features").features_of(auth, example))
    text = "\n".join(chain.from_iterable(lines.values()))

    assert ("app.auth" in text) == (auth != "none")
    assert ("app.shop" in text) == (example == "shop")
    assert ("app.users" in text) == (auth != "none" or example == "shop")
    # As a formatter sorts imports.
    modules = [re.findall(r"from (\S+) import", "\n".join(lines[name])) for name in lines]
    assert modules == [sorted(names) for names in modules]


@pytest.mark.parametrize("text", ["plain", "it's", '"quoted"', "$HOME `id`; rm -rf ~", "ü 世 \\"])
def test_copy_command_is_quoted_for_a_shell(text: str) -> None:
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
        "features",
        "names",
        "plain_functions",
        "reserved",
        "route_guards",
        "written_async",
    }

    assert {path.stem for path in (ROOT / "extensions").iterdir()} == tested


def test_known_answers_are_the_questions() -> None:
    module = extension("answers")
    named = {name: one for name, one in QUESTIONS.items() if not name.startswith("_")}
    asked = [name for name, one in named.items() if one.get("when") is not False]

    assert module.questions == asked
