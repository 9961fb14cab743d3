"""The shop can be removed from a living service, by the page that says how."""

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.test_docs import files_of
from tests.support import servers
from tests.support.markdown import page
from tests.support.matrix import Combination, all_combinations
from tests.support.services import UV, Services, run, suite_environment

PAGE = page("docs/how-to/remove-the-example.md")
# They tell of the answers, and need not change.
TELLING = {".copier-answers.yml", "README.md"}
COMMANDS = [one for one in PAGE.commands if one.startswith("uv run app db ")]
# With accounts the users stay, which takes another page.
SHOPS = [one for one in all_combinations() if one.example == "shop" and one.auth == "none"]
LIVING = [one for one in SHOPS if one.concurrency == "sync" and not one.repository]
# The strictest about the order in which tables go.
STRICTEST = "mysql"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "living_shop" in metafunc.fixturenames:
        full = metafunc.config.getoption("full")
        chosen = [one for one in LIVING if full or one.database == STRICTEST]
        metafunc.parametrize("living_shop", chosen, ids=str)


def without_shop(shop: Combination) -> Combination:
    """Return the combination that the page leads to."""
    return replace(shop, example="none")


def named(section: str) -> set[str]:
    """Return the paths that a section of the page names."""
    return set(re.findall(r"`([\w.]+[/.][\w./-]*)`", PAGE.section(section)))


def is_named(file: str, names: set[str]) -> bool:
    return file in names or any(name.endswith("/") and file.startswith(name) for name in names)


@pytest.mark.parametrize("shop", SHOPS, ids=str)
def test_page_names_exactly_the_files_to_delete(
    shop: Combination,
    services: Services,
) -> None:
    before, after = services.render(shop), services.render(without_shop(shop))
    gone = {one for one in files_of(before) - files_of(after) if "/versions/" not in one}
    names = named("1. Delete the files")

    assert [file for file in gone if not is_named(file, names)] == []
    assert [file for file in files_of(after) if is_named(file, names)] == []


@pytest.mark.parametrize("shop", SHOPS, ids=str)
def test_page_names_every_file_to_change(shop: Combination, services: Services) -> None:
    assert changed(shop, services) - TELLING <= named("2. Delete the lines that name them")


def changed(shop: Combination, services: Services) -> set[str]:
    """Return the files that a service has with the shop and without it, but not the same."""
    before, after = services.render(shop), services.render(without_shop(shop))
    both = files_of(before) & files_of(after)
    return {one for one in both if (before / one).read_bytes() != (after / one).read_bytes()}


@pytest.mark.heavy
def test_service_works_without_the_shop(
    living_shop: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(living_shop.database)
    service = tmp_path / "service"
    shutil.copytree(services.render(living_shop), service, ignore=shutil.ignore_patterns(".venv"))
    with servers.fresh_database(living_shop.database, tmp_path) as url:
        env = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        run(UV, "sync", "--quiet", cwd=service)
        run(UV, "run", "app", "db", "upgrade", cwd=service, env=env)
        run(UV, "run", "app", "db", "seed", cwd=service, env=env)

        remove(living_shop, services, service)
        for command in COMMANDS:
            run(UV, *shlex.split(command)[1:], cwd=service, env=env)

    arguments = ("--numprocesses=0", "--dist=no")
    run(UV, "run", "pytest", *arguments, cwd=service, env=suite_environment(living_shop))


def remove(shop: Combination, services: Services, service: Path) -> None:
    """Do what the page says."""
    names = named("1. Delete the files")
    for file in files_of(service):
        if is_named(file, names):
            (service / file).unlink()
    for file in changed(shop, services):
        shutil.copy2(services.render(without_shop(shop)) / file, service / file)
