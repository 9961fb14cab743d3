"""What the tests of the template share: services on demand, options, and a summary."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.support.copier_speedups import patch_copier
from tests.support.matrix import SUITES, all_combinations, as_parameters, covering, one_of_each
from tests.support.services import Services, freeze

EVERY = all_combinations()
ANY_TWO_ANSWERS = covering(EVERY)
ANY_ANSWER = covering(EVERY, strength=1)
# What decides which packages a service needs.
ENVIRONMENTS = one_of_each(EVERY, "database", "concurrency", "auth")
# What makes a combination clean. pyright needs longer, and sees fewer of them.
CLEAN = ("test_code_is_formatted", "test_ruff_finds_nothing", "test_mypy_finds_nothing")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="suites on a covering subset only")
    parser.addoption(
        "--full",
        action="store_true",
        help="suites and heavy tests on every combination",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Compile nothing twice: templates within a process, and what its commands import.

    The bytecode lies beside the services, which keep their own files. Without any, each command
    would compile what it imports: seconds, hundreds of times.
    """
    patch_copier()
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="bytecode-")
        config.add_cleanup(folder.cleanup)
        os.environ["PYTHONPYCACHEPREFIX"] = folder.name


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it lies here, frozen into a repository with a tag."""
    return freeze(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def services(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Services:
    """Services on demand."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "rendered"
    shared.mkdir(exist_ok=True)
    return Services(template, tmp_path_factory.mktemp("services"), shared)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests their combinations, grouped so that one worker has all that share packages."""
    config = metafunc.config
    if "combination" in metafunc.fixturenames:
        chosen = ANY_ANSWER if config.getoption("fast") else EVERY
        metafunc.parametrize("combination", as_parameters(chosen))
    if "suite_combination" in metafunc.fixturenames:
        chosen = EVERY if config.getoption("full") else SUITES
        metafunc.parametrize(
            "suite_combination",
            as_parameters(ANY_ANSWER if config.getoption("fast") else chosen),
        )
    if "dependency_combination" in metafunc.fixturenames:
        chosen = ANY_ANSWER if config.getoption("fast") else ENVIRONMENTS
        metafunc.parametrize("dependency_combination", as_parameters(chosen))
    if "any_combination" in metafunc.fixturenames:
        metafunc.parametrize("any_combination", as_parameters(EVERY))
    if "heavy_combination" in metafunc.fixturenames:
        chosen = EVERY if config.getoption("full") else ANY_ANSWER
        metafunc.parametrize("heavy_combination", as_parameters(chosen))
    if "covering_combination" in metafunc.fixturenames:
        chosen = EVERY if config.getoption("full") else ANY_TWO_ANSWERS
        metafunc.parametrize("covering_combination", as_parameters(chosen))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, or the last of it would keep one worker while others idle."""
    items.sort(key=lambda item: (not takes_long(item), "none" in item.name))


def takes_long(item: pytest.Item) -> bool:
    """Tell whether a test takes long: most of all in a shop with accounts, without a "none"."""
    is_suite = item.name.startswith("test_bundled_suite_passes")
    return is_suite or item.get_closest_marker("heavy") is not None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Close with what was shown: combinations, suites, tests, and what took longest."""
    passed = [one for one in terminalreporter.stats.get("passed", []) if one.when == "call"]
    if not passed:
        return
    clean = set.intersection(*(combinations_of(passed, test) for test in CLEAN))
    suites = combinations_of(passed, "test_bundled_suite_passes")
    tests = sum(dict(one.user_properties).get("suite_tests", 0) for one in passed)
    slowest = max(passed, key=lambda one: float(one.duration))
    terminalreporter.section("summary")
    terminalreporter.line(
        f"of {len(EVERY)} combinations: {len(combinations_of(passed, 'test_code_compiles'))} "
        f"rendered, {len(clean)} clean, {len(suites)} suites passed"
    )
    if len(suites) < len(EVERY):
        terminalreporter.line(
            f"{len(SUITES)} suites hold whatever three answers there are; --full runs all"
        )
    terminalreporter.line(f"{len(passed)} tests passed here, {tests} in the suites of services")
    terminalreporter.line(f"slowest step: {slowest.nodeid.split('@')[0]}, {slowest.duration:.0f} s")


def combinations_of(passed: list[Any], test: str) -> set[str]:
    """Return the combinations that passed a test."""
    names = (one.nodeid.partition(f"::{test}[")[2] for one in passed)
    return {name.split("]")[0] for name in names if name}
