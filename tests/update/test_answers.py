"""Answers change on a service that lives: what the page says is enough, and no row is lost."""

import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import URL

from tests.support import servers
from tests.support.markdown import page
from tests.support.matrix import Combination
from tests.update.edits import add_a_model
from tests.update.fixture_rows import Rows, fill, never_reuses_session_ids, rows
from tests.update.live_project import LiveProject
from tests.update.project import Project, is_users
from tests.update.versions import NEWEST, git

pytestmark = pytest.mark.heavy
PAGE = page("docs/how-to/change-an-answer.md")
REVISION = [one for one in PAGE.typed("Write the revision") if "uv run app db" in one]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DELETE_SESSIONS, SAFE_COPY = BLOCK.findall(PAGE.section("auth"))
UNSAFE_COPY = '    with op.batch_alter_table("user_sessions", schema=None) as batch_op:\n'
ACCOUNTS = {"user_credentials", "api_keys", "email_tokens", "user_sessions"}
SHOP = {
    *("addresses", "audit_records", "categories", "notifications", "order_items", "orders"),
    *("outbox_messages", "product_tags", "products", "idempotency_records", "tags", "transfers"),
}


class Step(NamedTuple):
    """An answer that changes, and the tables whose rows go with it."""

    answers: dict[str, Any]
    gone: Iterable[str] = ()
    emptied: Iterable[str] = ()


class Way(NamedTuple):
    """A service, and how its answers change one after the other."""

    chosen: Combination
    steps: list[Step]

    def __str__(self) -> str:
        """Name it in the output of tests."""
        changed = (str(one) for step in self.steps for one in step.answers.values())
        return "-".join((str(self.chosen), "to", *changed))


def ways(database: str) -> list[Way]:
    """Return the ways of changing answers that write revisions, for a service on a database."""

    def service(auth: str, example: str) -> Combination:
        return Combination(database, "sync", auth, example, repository=auth == example)

    to_accounts = Step({"auth": "jwt"})
    to_session = Step({"auth": "session"}, gone={"refresh_tokens"}, emptied={"user_sessions"})
    to_jwt = Step({"auth": "jwt"}, emptied={"user_sessions"})
    to_none = Step({"auth": "none"}, gone={"refresh_tokens", *ACCOUNTS})
    in_and_out = [Step({"example": "shop"}), Step({"example": "none"}, gone={"users", *SHOP})]
    return [
        Way(service("none", "shop"), [to_accounts, to_session, to_jwt, to_none]),
        Way(service("none", "none"), in_and_out),
        Way(service("session", "shop"), [Step({"example": "none"}, gone=SHOP)]),
    ]


# The ways that differ most between databases; under --full each on each.
LITTLE = [*ways("sqlite")[:1], *ways("mysql")[1:2]]
ALL = [way for database in ("sqlite", *servers.DEFAULTS) for way in ways(database)]
CODE_ALONE: list[dict[str, Any]] = [
    {"concurrency": "async", "repository": False},
    {"concurrency": "sync"},
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        chosen = ALL if metafunc.config.getoption("full") else LITTLE
        metafunc.parametrize("way", chosen, ids=str)


def test_one_revision_is_enough_and_no_row_is_lost(
    way: Way,
    history: Path,
    tmp_path: Path,
) -> None:
    servers.require(way.chosen.database)
    with servers.fresh_database(way.chosen.database, tmp_path) as url:
        service = start(history, tmp_path / "service", way.chosen, url)
        for step in way.steps:
            fill(service, url)
            before = rows(url)

            service.project.update(**step.answers)
            write_revision(service, step)

            assert kept(before, rows(url), step) == []
            assert unexplained(rows(url), step) == set()
            assert never_reuses_session_ids(url)
            service.project.commit()


def test_code_alone_needs_no_revision(history: Path, tmp_path: Path) -> None:
    chosen = Combination("sqlite", "sync", "jwt", "shop", repository=True)
    with servers.fresh_database("sqlite", tmp_path) as url:
        service = start(history, tmp_path / "service", chosen, url)
        fill(service, url)
        before = rows(url)
        for answers in CODE_ALONE:
            service.project.update(**answers)

            service.run("app", "db", "check")
            assert rows(url) == before
            service.project.commit()


def start(history: Path, folder: Path, chosen: Combination, url: URL) -> LiveProject:
    """Make a service, with a table and a revision of its owner's."""
    project = Project.start(history, folder, NEWEST, chosen.answers)
    service = LiveProject(project, chosen, url)
    add_a_model(folder)
    for command in REVISION:
        service.run(*shlex.split(command)[2:])
    project.commit()
    return service


def write_revision(service: LiveProject, step: Step) -> None:
    """Do what the page says, and nothing else; the check at its end has to find nothing."""
    for command in REVISION:
        service.run(*shlex.split(command)[2:])
        if " revision " in command and step.emptied:
            delete_sessions_in_revision(service)


def delete_sessions_in_revision(service: LiveProject) -> None:
    """Put into the new revision what the page shows."""
    status = git("status", "--porcelain", "--untracked-files=all", cwd=service.folder)
    (name,) = (line[3:] for line in status.splitlines() if is_users(line[3:]))
    text = (service.folder / name).read_text(encoding="utf-8")
    assert text.count(UNSAFE_COPY) == len(("up", "down"))
    functions = re.sub(r'(\) -> None:\n    """.*"""\n)', rf"\1{DELETE_SESSIONS}", text)
    safe = functions.replace(UNSAFE_COPY, SAFE_COPY)
    (service.folder / name).write_text(safe, encoding="utf-8")


def kept(before: Rows, after: Rows, step: Step) -> list[str]:
    """Return the tables that have not kept their rows, in the columns that are still there."""
    names = before.keys() - {*step.gone, *step.emptied}
    return sorted(name for name in names if not same(before[name], after.get(name, [])))


def same(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    if len(before) != len(after):
        return False
    return all(old.items() >= new.items() for old, new in zip(before, after, strict=True))


def unexplained(after: Rows, step: Step) -> set[str]:
    """Return what should be gone and is not."""
    return after.keys() & {*step.gone} | {name for name in step.emptied if after.get(name)}
