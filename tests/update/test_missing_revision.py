"""After a change of a model, the bundled tests name the commands that write its revision."""

import shlex
from pathlib import Path

import pytest

from tests.support.matrix import Combination
from tests.support.services import UV, run
from tests.update.edits import add_a_model
from tests.update.project import copy
from tests.update.versions import NEWEST

EMPTY = Combination("sqlite", "sync", "none", "none", repository=True)
TEST = "tests/test_migrations.py::test_the_models_and_the_migrations_agree"
COMMANDS = [
    "uv run app db upgrade",
    'uv run app db revision -m "what changed"',
    "uv run app db upgrade",
]


@pytest.mark.heavy
def test_commands_of_the_message_help(history: Path, tmp_path: Path) -> None:
    service = copy(history, tmp_path / "service", NEWEST, EMPTY.answers)
    add_a_model(service)

    def test() -> str:
        return run(UV, "run", "pytest", "--numprocesses=0", "--dist=no", "-rN", TEST, cwd=service)

    with pytest.raises(pytest.fail.Exception) as failure:
        test()
    told = [line.strip() for line in str(failure.value).splitlines() if "    uv run" in line]
    assert told == COMMANDS
    assert "add_table" in str(failure.value)

    for command in told:
        run(UV, *shlex.split(command)[1:], cwd=service)
    test()
