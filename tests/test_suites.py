"""Every service passes its own tests, on the real database of its choice."""

import re
from collections.abc import Callable

from tests import servers
from tests.matrix import Combination
from tests.services import Services, run, suite_environment

LEAST_TESTS = {"shop": 60, "none": 30}


def test_its_own_suite_passes(
    combination: Combination,
    services: Services,
    record_property: Callable[[str, object], None],
) -> None:
    servers.require(combination.database)
    python = services.python(combination)
    folder = services.install(combination)

    # One process each: two suites run side by side already.
    arguments = ("-m", "pytest", "--numprocesses=0", "--dist=no")
    output = run(python, *arguments, cwd=folder, env=suite_environment(combination))

    passed = int(re.findall(r"(\d+) passed", output)[-1])
    record_property("suite_tests", passed)
    assert passed >= LEAST_TESTS[combination.example]
    assert "skipped" not in output.splitlines()[-1]
