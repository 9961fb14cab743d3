"""Every service passes its own tests, on the real database of its choice."""

import re
from collections.abc import Callable

from tests.support import servers
from tests.support.matrix import Combination
from tests.support.services import Services, run, suite_environment

# By example, and what accounts add.
LEAST_TESTS = {"shop": 1000, "none": 200}
LEAST_TESTS_OF_ACCOUNTS = 200


def test_bundled_suite_passes(
    suite_combination: Combination,
    services: Services,
    record_property: Callable[[str, object], None],
) -> None:
    servers.require(suite_combination.database)
    python = services.python(suite_combination)
    folder = services.install(suite_combination)

    # One process each: two suites run side by side already.
    arguments = ("-m", "pytest", "--numprocesses=0", "--dist=no")
    output = run(python, *arguments, cwd=folder, env=suite_environment(suite_combination))

    passed = int(re.findall(r"(\d+) passed", output)[-1])
    record_property("suite_tests", passed)
    assert passed >= least_tests(suite_combination)
    assert "skipped" not in output.splitlines()[-1]


def least_tests(combination: Combination) -> int:
    """Return how many tests a suite has at least; fewer were not found or not collected."""
    accounts = LEAST_TESTS_OF_ACCOUNTS if combination.auth != "none" else 0
    return LEAST_TESTS[combination.example] + accounts
