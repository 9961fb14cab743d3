"""What the tests of the template share: services on demand, options, and a summary."""

from pathlib import Path
from typing import Any

import pytest

from tests.matrix import all_combinations, as_parameters, covering
from tests.services import Services, freeze

EVERY = all_combinations()
FEW = covering(EVERY)
# What makes a combination clean. pyright sees all of them in one run.
CLEAN = ("test_it_is_formatted", "test_ruff_finds_nothing", "test_mypy_finds_nothing")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="suites on a covering subset only")
    parser.addoption("--full", action="store_true", help="heavy tests on every combination")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it lies here, frozen into a repository with a tag."""
    return freeze(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def services(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services on demand."""
    return Services(template, tmp_path_factory.mktemp("services"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests their combinations, grouped so that one worker has all that share packages."""
    config = metafunc.config
    if "combination" in metafunc.fixturenames:
        chosen = FEW if config.getoption("fast") else EVERY
        metafunc.parametrize("combination", as_parameters(chosen))
    if "any_combination" in metafunc.fixturenames:
        metafunc.parametrize("any_combination", as_parameters(EVERY))
    if "covering_combination" in metafunc.fixturenames:
        chosen = EVERY if config.getoption("full") else FEW
        metafunc.parametrize("covering_combination", as_parameters(chosen))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Close with what was shown: combinations, suites, tests, and what took longest."""
    passed = [one for one in terminalreporter.stats.get("passed", []) if one.when == "call"]
    if not passed:
        return
    clean = set.intersection(*(combinations_of(passed, test) for test in CLEAN))
    suites = combinations_of(passed, "test_its_own_suite_passes")
    tests = sum(dict(one.user_properties).get("suite_tests", 0) for one in passed)
    slowest = max(passed, key=lambda one: float(one.duration))
    terminalreporter.section("summary")
    terminalreporter.line(
        f"of {len(EVERY)} combinations: {len(combinations_of(passed, 'test_it_compiles'))} "
        f"rendered, {len(clean)} clean, {len(suites)} suites passed"
    )
    terminalreporter.line(f"{len(passed)} tests passed here, {tests} in the suites of services")
    terminalreporter.line(f"slowest step: {slowest.nodeid.split('@')[0]}, {slowest.duration:.0f} s")


def combinations_of(passed: list[Any], test: str) -> set[str]:
    """Return the combinations that passed a test."""
    names = (one.nodeid.partition(f"::{test}[")[2] for one in passed)
    return {name.split("]")[0] for name in names if name}
