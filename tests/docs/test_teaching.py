"""What the teaching pages say is so: their code runs, fails and prints as they show it."""

import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Client
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support import servers
from tests.support.markdown import page
from tests.support.matrix import Combination
from tests.support.running import Running, running
from tests.support.services import UV, Services, run
from tests.support.snippets import (
    Snippet,
    printed_and_shown,
    run_python,
    snippets,
    without_addresses,
)
from tests.support.template_source import profiles

ERRORS = page("docs/explanation/the-five-classic-errors.md")
ASYNC_OR_SYNC = page("docs/explanation/async-or-sync.md")
SIZES = page("docs/how-to/size-the-pool.md")
FIRST, *PIECES = [one for one in snippets(ERRORS) if one.language == "python" and not one.file]
QUOTED = {one.heading: one.text for one in snippets(ERRORS) if one.is_output}
ATTEMPTS = next(one for one in snippets(ERRORS) if one.file == "attempts.py")
SERVE_ATTEMPTS = (UV, "run", "uvicorn", "--factory", "attempts:create_app", "--port")
DEFAULT = Combination("sqlite", "async", "none", "shop", repository=True)
ON_A_SERVER = Combination("postgresql", "async", "none", "shop", repository=True)
LEAKS = 25
PROGRAMS = [
    "docs/explanation/concepts.md",
    "docs/how-to/choose-an-index.md",
    "docs/how-to/size-the-pool.md",
]
TAUGHT = [
    *PROGRAMS,
    "docs/explanation/async-or-sync.md",
    "docs/how-to/move-to-another-database.md",
    str(ERRORS),
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_code_of_a_page_prints_what_the_page_shows(name: str, tmp_path: Path) -> None:
    pieces = printed_and_shown(page(name), tmp_path)

    assert [printed for printed, _ in pieces] == [shown for _, shown in pieces]
    assert any(shown for _, shown in pieces)


@pytest.mark.parametrize("name", TAUGHT)
def test_code_on_a_page_is_formatted(name: str, tmp_path: Path) -> None:
    for number, one in enumerate(snippets(page(name))):
        if one.language == "python" and not one.text.startswith(" "):
            (tmp_path / f"{number}.py").write_text(one.text)

    run("ruff", "format", "--check", "--diff", "--line-length=100", "--no-cache", cwd=tmp_path)


def test_async_and_sync_code_is_shown_as_services_have_it(
    services: Services,
    tmp_path: Path,
) -> None:
    program, *excerpts = [one for one in snippets(ASYNC_OR_SYNC) if one.language == "python"]
    texts = [
        (
            services.render(replace(DEFAULT, concurrency=one)) / "app/shop/product_tags/service.py"
        ).read_text()
        for one in ("async", "sync")
    ]

    assert run_python(program.text, tmp_path).stdout == "done\n"
    assert [one.text in text for one, text in zip(excerpts, texts, strict=True)] == [True, True]


def test_products_in_the_pool_table_are_right() -> None:
    [rows] = [body for head, *body in SIZES.tables if head[:2] == ["Profile", "Kept open + on top"]]
    told = {row[0].strip("`"): [int(cell) for cell in row[2:7]] for row in rows}

    processes = (1, 2, 4, 8, 16)
    assert told == {
        name: [number * sum(limits) for number in processes] for name, limits in profiles().items()
    }


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.heading)
def test_code_fails_with_the_quoted_message(piece: Snippet, tmp_path: Path) -> None:
    program = f"{FIRST.text}{piece.text}"
    if servers.DEFAULTS["postgresql"] in program:
        servers.require("postgresql")
        here = servers.server_url("postgresql")
        program = program.replace(servers.DEFAULTS["postgresql"], here)

    done = run_python(program, tmp_path)

    assert done.returncode == 1
    assert without_addresses(done.stderr).endswith(f"\n{QUOTED[piece.heading]}")


@pytest.mark.parametrize("database", ["mysql", "mariadb"])
def test_stale_connection_raises_the_quoted_error(database: str, tmp_path: Path) -> None:
    servers.require(database)
    quoted = re.findall(r"`(\w+(?: \w+)+)`", ERRORS.section("A stale connection"))
    with servers.fresh_database(database, tmp_path) as url:
        engine = create_engine(url.set(drivername=servers.DRIVERS[database]))
        engine.connect().close()
        servers.cut(database, str(url.database))
        with pytest.raises(OperationalError) as caught, engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()

    assert any(words in f"{caught.value}" for words in quoted)
    assert len(quoted) == 2


@pytest.fixture(scope="module")
def attempts(
    services: Services,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Running]:
    """The default service with the page's attempts, and with the settings of the page."""
    folder = tmp_path_factory.mktemp("attempts")
    (folder / ATTEMPTS.file).write_text(ATTEMPTS.text)
    service = services.install(DEFAULT)
    [command] = [one.text for one in snippets(ERRORS) if one.language == "bash"]
    env = dict(re.findall(r"([A-Z_]+)=(\S+)", command))
    env |= {"PYTHONPATH": f"{folder}", "DATABASE_URL": f"sqlite:///{folder}/attempts.db"}
    run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)
    with running(service, folder, env | {"OUTBOX_ENABLED": "false"}, SERVE_ATTEMPTS) as it:
        yield it


def tags(client: Client) -> list[str]:
    return [one["slug"] for one in client.get("/tags").json()["items"]]


@pytest.mark.heavy
def test_a_failed_request_leaves_no_session_behind(attempts: Running) -> None:
    ann, again, bob = [
        attempts.client.post("/tags", json={"name": name, "slug": name})
        for name in ("ann", "ann", "bob")
    ]
    swallowed = attempts.client.post("/rolled-back")
    stored = tags(attempts.client)

    assert [one.status_code for one in (ann, again, bob)] == [201, 409, 201]
    assert swallowed.status_code == 500
    assert "twice" not in stored
    assert "PendingRollbackError" in attempts.log


@pytest.mark.heavy
def test_a_request_that_fails_gives_its_connection_back(attempts: Running) -> None:
    failed = {attempts.client.get("/leak").status_code for _ in range(LEAKS)}
    served = attempts.client.get("/tags")

    assert failed == {500}
    assert served.status_code == 200


@pytest.mark.heavy
def test_exhausted_pool_is_answered_with_503(attempts: Running) -> None:
    answers = attempts.at_once("GET", ["/busy"] * 4, 4)
    afterwards = attempts.client.get("/busy")

    assert sorted(one.status_code for one in answers) == [200, 503, 503, 503]
    assert all("Retry-After" in one.headers for one in answers if one.status_code == 503)
    assert afterwards.status_code == 200


@pytest.mark.heavy
def test_committed_objects_can_be_read_without_their_session(attempts: Running) -> None:
    answer = attempts.client.post("/unbound")

    assert (answer.status_code, answer.json()) == (200, "Seen")
    assert "seen" in tags(attempts.client)


@pytest.mark.heavy
def test_unloaded_relation_fails_within_the_session(attempts: Running) -> None:
    statuses = {attempts.client.post("/detached").status_code for _ in range(2)}

    assert statuses == {500}
    assert "'User.addresses' is not available due to lazy='raise'" in attempts.log
    assert "DetachedInstanceError" not in attempts.log


@pytest.mark.heavy
def test_cut_connection_is_replaced(services: Services, tmp_path: Path) -> None:
    servers.require(ON_A_SERVER.database)
    service = services.install(ON_A_SERVER)
    with servers.fresh_database(ON_A_SERVER.database, tmp_path) as url:
        env = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)
        with running(service, tmp_path, env) as it:
            before = it.client.get("/tags")
            ended = servers.cut(ON_A_SERVER.database, str(url.database))
            after = it.client.get("/tags")

    assert ended > 0
    assert (before.status_code, after.status_code) == (200, 200)
