"""The documentation names everything there is, and nothing that is not there."""

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from tests.support import servers, template_source
from tests.support.markdown import Page, all_pages, page, words
from tests.support.matrix import QUESTIONS, ROOT, Combination, choices
from tests.support.services import Services
from tests.support.snippets import snippets

PAGES = all_pages()
DECISIONS = [one for one in PAGES if str(one).startswith("docs/decisions/0")]
# Records tell of what was not chosen too, and the changelog of what is gone.
OF_TODAY = [one for one in PAGES if not re.match(r"docs/decisions/|CHANGELOG", str(one))]
ASKED = {name: one for name, one in QUESTIONS.items() if name[0] != "_" and "when" not in one}
ASKED["repository"] = QUESTIONS["repository"]
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
FIRST_COMMAND_BY_LINE = 15
A_PATH = re.compile(r"\.?[\w.-]+(/[\w.-]+)*(/|\.(py|md|yaml|yml|toml|jinja|mako|db))")
# Names of other projects, which no source here has.
FOREIGN = {"query_wait_timeout"}
# Files that are named as an example, or that only a service in use has.
EXAMPLES = {"app.db", "path/to/", "my-service/"}
# What the second column of the list of files says, as questions to the answers: all must hold.
MEANS: dict[str, Callable[[Combination], bool]] = {
    "always": lambda _: True,
    "a server": lambda one: bool(template_source.dialects()[one.database]["server"]),
    "`database: postgresql`": lambda one: one.database == "postgresql",
    "authentication": lambda one: one.auth != "none",
    "`auth: jwt`": lambda one: one.auth == "jwt",
    "`auth: session`": lambda one: one.auth == "session",
    "shop or authentication": lambda one: one.has_users,
    "`example: shop`": lambda one: one.example == "shop",
    "`example: none`": lambda one: one.example == "none",
    "`repository: true`": lambda one: one.repository,
    "`repository: false`": lambda one: not one.repository,
}
DIFFERENT_FILES = [
    Combination("sqlite", "async", "none", "shop", repository=True),
    Combination("postgresql", "sync", "none", "shop", repository=False),
    Combination("mysql", "async", "none", "none", repository=True),
    Combination("mariadb", "sync", "jwt", "none", repository=False),
    Combination("sqlite", "async", "session", "none", repository=True),
    Combination("sqlite", "sync", "jwt", "shop", repository=True),
    Combination("mysql", "async", "session", "shop", repository=False),
]
DIFFERENT_FILES = [one for one in DIFFERENT_FILES if one.auth in choices("auth")]

every_page = pytest.mark.parametrize("one", PAGES, ids=str)
every_page_of_today = pytest.mark.parametrize("one", OF_TODAY, ids=str)


def first_line_with(text: str, found: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if found in line)


def leads_somewhere(link: str, origin: Page) -> bool:
    name, _, anchor = link.partition("#")
    target = origin.path.parent / name if name else origin.path
    return target.exists() and (not anchor or anchor in Page(target).anchors)


def exists(path: str, origin: Page) -> bool:
    folders = (ROOT, ROOT / "template", origin.path.parent)
    return path in EXAMPLES or any((folder / path).exists() for folder in folders)


def is_command(command: str) -> bool:
    """Tell whether a command of this repository or of a service exists, with its options."""
    program, *rest = command.split()
    if program == "make":
        return not rest or rest[0] in template_source.make_targets()
    found = [name for name in template_source.commands() if f"{command} ".startswith(f"{name} ")]
    options = {word for word in rest if word.startswith("--")}
    return any(options <= template_source.commands()[name] for name in found)


def test_first_command_of_the_readme_comes_early() -> None:
    readme = page("README.md")

    assert first_line_with(readme.text, "uvx copier copy") <= FIRST_COMMAND_BY_LINE
    assert readme.commands[0].startswith("uvx copier copy ")


def test_tree_in_the_readme_is_the_default_service(services: Services) -> None:
    top, *shown = page("README.md").tree
    folder = services.render(DIFFERENT_FILES[0])

    assert [path for path in shown if not (folder / path.relative_to(top)).exists()] == []


@pytest.mark.parametrize("chosen", DIFFERENT_FILES, ids=str)
def test_tree_in_the_readme_of_a_service_is_that_service(
    chosen: Combination,
    services: Services,
) -> None:
    folder = services.render(chosen)

    assert [path for path in Page(folder / "README.md").tree if not (folder / path).exists()] == []


def test_tree_in_contributing_is_this_repository() -> None:
    assert [path for path in page("CONTRIBUTING.md").tree if not (ROOT / path).exists()] == []


@every_page
def test_links_resolve(one: Page) -> None:
    assert [link for link in one.links if not leads_somewhere(link, one)] == []


@every_page
def test_tables_have_equal_rows(one: Page) -> None:
    ragged = [row for head, *body in one.tables for row in body if len(row) != len(head)]

    assert ragged == []


@every_page
def test_commands_exist(one: Page) -> None:
    ours = [text for text in one.commands if re.match(r"make [a-z]|uv run app [a-z]", text)]

    assert [text for text in ours if not is_command(text)] == []


@every_page_of_today
def test_paths_exist(one: Page, services: Services) -> None:
    rendered = [services.render(chosen) for chosen in DIFFERENT_FILES]
    named = [word for command in one.commands for word in command.split()]
    written = {block.file for block in snippets(one)}
    paths = [word for word in named if A_PATH.fullmatch(word) and word not in written]
    paths = [path for path in paths if not exists(path, one)]

    assert [path for path in paths if not any((root / path).exists() for root in rendered)] == []


@every_page_of_today
def test_names_exist(one: Page) -> None:
    known = set(re.findall(r"\w+", template_source.everything())) | FOREIGN
    names = [text for text in one.code if re.fullmatch(r"[A-Za-z]+(_[A-Za-z]+)+", text)]

    assert [text for text in names if text not in known] == []


def test_every_page_is_in_the_index() -> None:
    index = page("docs/README.md")
    linked = {(index.path.parent / link).resolve() for link in index.links}

    expected = {one.path for one in PAGES if one.path.is_relative_to(index.path.parent)}

    assert expected - {index.path, *(one.path for one in DECISIONS)} == linked


def test_every_decision_is_in_the_index_by_its_title() -> None:
    rows = page("docs/decisions/README.md").column("Decision", of="Number")
    told = [f"{link} # {link[1:5]}: {title}" for link, title in rows.items()]
    titles = [(one.path.name, one.text.splitlines()[0]) for one in DECISIONS]

    assert told == [f"[{name[:4]}]({name}) {title}" for name, title in titles]


@pytest.mark.parametrize("one", DECISIONS, ids=str)
def test_a_decision_has_all_its_parts(one: Page) -> None:
    assert re.findall(r"^## (.+)$", one.text, re.MULTILINE) == SECTIONS


def test_every_question_is_in_the_tables_with_its_default_and_its_choices() -> None:
    reference = page("docs/reference/questions.md")
    defaults = {name: [f"{one['default']}"] for name, one in ASKED.items()}
    defaults["repository"] = ["true"]
    offered = {name: [f"{one}".lower() for one in choices(name)] for name in list(ASKED)[2:]}

    told = reference.column("Values", of="Question")
    short = page("README.md").column("Answers, the default first", of="Question")

    assert {k: words(v) for k, v in reference.column("Default", of="Question").items()} == defaults
    assert {name: words(cell) for name, cell in told.items() if words(cell)} == offered
    assert {name: words(cell) for name, cell in short.items()} == defaults | offered


@pytest.mark.parametrize("question", list(ASKED)[2:])
def test_every_choice_is_explained(question: str) -> None:
    section = page("docs/reference/questions.md").section(question)
    explained = re.findall(r"^- `(\w+)`:", section, re.MULTILINE)

    assert explained == [f"{one}".lower() for one in choices(question)]


def test_every_derived_value_is_documented() -> None:
    derived = {name for name, one in QUESTIONS.items() if name[0] != "_" and name not in ASKED}

    assert set(page("docs/reference/questions.md").column("What it is", of="Name")) == derived


def test_every_setting_is_documented() -> None:
    reference = page("docs/reference/settings.md")
    columns = [reference.column(name, of="Variable") for name in ("Type", "Default", "Databases")]

    told = {name: template_source.Setting(*(one[name] for one in columns)) for name in columns[2]}

    assert told == template_source.settings()


def test_every_auth_setting_is_documented() -> None:
    reference = page("docs/reference/settings.md")
    columns = [reference.column(name, of="Variable") for name in ("Type", "Default", "Kind")]

    told = {name: template_source.Setting(*(one[name] for one in columns)) for name in columns[2]}

    assert told == template_source.auth_settings()


def test_every_database_url_is_documented() -> None:
    told = page("docs/reference/settings.md").column("Default", of="Database")

    assert told == {name: f"`{one['url']}`" for name, one in template_source.dialects().items()}


def test_every_pool_profile_is_documented() -> None:
    reference = page("docs/reference/settings.md")
    kept = reference.column("Kept open", of="Profile")
    on_top = reference.column("On top under load", of="Profile")
    numbers = {name: (int(kept[name]), int(on_top[name])) for name in kept if name != "none"}

    assert numbers == template_source.profiles()


def test_every_command_of_a_service_is_documented_with_its_options() -> None:
    told = page("docs/reference/commands.md").column("Options", of="Command")

    assert {name: set(words(cell)) for name, cell in told.items()} == template_source.commands()


def test_every_command_of_this_repository_is_documented() -> None:
    told = page("docs/reference/commands.md").column("What it does", of="Command")
    targets = {f"make {name}" for name in template_source.make_targets()}

    assert {command for command in told if command.startswith("make ")} == targets


def test_every_test_server_is_documented() -> None:
    told = page("docs/reference/commands.md").column("Default", of="Variable")

    assert told == {f"{name.upper()}_URL": f"`{url}`" for name, url in servers.DEFAULTS.items()}


def test_every_route_is_documented() -> None:
    tables = page("docs/reference/http.md").tables
    rows = chain.from_iterable(body for head, *body in tables if head[:2] == ["Method", "Path"])

    assert {(row[0], row[1].strip("`")) for row in rows} == template_source.routes()


def test_every_error_status_is_documented() -> None:
    told = page("docs/reference/http.md").column("When", of="Status")

    assert template_source.statuses() <= {int(status) for status in told}


@pytest.mark.parametrize("label", [one["label"] for one in template_source.dialects().values()])
def test_every_database_has_its_paragraph(label: str) -> None:
    assert page("docs/how-to/choose-a-database.md").section(label).strip()


@pytest.mark.parametrize("chosen", DIFFERENT_FILES, ids=str)
def test_every_file_is_documented_with_its_answers(chosen: Combination, services: Services) -> None:
    belongs_to = page("docs/reference/files.md").column("Belongs to", of="File")
    told = {name for name, answers in belongs_to.items() if holds(answers, chosen)}

    assert told == files_of(services.render(chosen))


def holds(answers: str, chosen: Combination) -> bool:
    """Tell whether a file belongs to a combination."""
    return all(MEANS[answer](chosen) for answer in answers.split(", "))


def files_of(folder: Path) -> set[str]:
    """Return the files of a service as rendered, without what an installation adds."""
    installed = {".venv", "uv.lock", "__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"}
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {name.as_posix() for name in names if not installed & set(name.parts)}
