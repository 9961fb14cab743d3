"""What the tests of the template share: services on demand, options, and a summary."""

import re
from pathlib import Path

import pytest

from tests.matrix import all_combinations, as_parameters, covering
from tests.services import Services, freeze

EVERY = all_combinations()
FEW = covering(EVERY)


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with what was shown: combinations, suites, tests, and what took longest."""
    passed = terminalreporter.stats.get("passed", [])
    calls = [report for report in passed if report.when == "call"]
    if not calls:
        return
    suites = [dict(report.user_properties) for report in calls if report.user_properties]
    tests = sum(int(properties.get("suite_tests", 0)) for properties in suites)
    slowest = max(calls, key=lambda report: report.duration)
    count = lambda part: sum(part in report.nodeid for report in calls)  # noqa: E731
    name = re.sub(r"@.*", "", slowest.nodeid)
    terminalreporter.section("summary")
    terminalreporter.line(
        f"{len(EVERY)} combinations, {count('::test_it_is_formatted[')} rendered and formatted, "
        f"{count('::test_mypy_finds_nothing[')} clean, "
        f"{count('::test_its_own_suite_passes[')} suites passed with {tests} tests"
    )
    terminalreporter.line(f"slowest step: {name}, {slowest.duration:.0f} s")
