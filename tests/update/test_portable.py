"""A service can be made, kept and updated on any system, and by a bot."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ANY_TWO_ANSWERS
from tests.support.matrix import Combination
from tests.update.conftest import Fresh
from tests.update.versions import NEWEST, git

SHOP = Combination("sqlite", "async", "none", "shop", repository=True)
# Windows takes these for devices, whatever comes after a dot, and refuses the signs.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
REFUSED = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$')
# Windows has 260 for the whole path, unless it is told otherwise.
LONGEST = 120
# What an update's bot can be told here; the names are those of Renovate's documentation.
OPTIONS = {"$schema", "extends", "packageRules"}
RULE = {"description", "matchManagers", "automerge"}


def not_portable(names: list[str]) -> list[str]:
    """Return the paths that some system cannot hold beside the others."""
    folded = [name.casefold() for name in names]
    return [
        name
        for name in names
        if len(name) > LONGEST
        or folded.count(name.casefold()) > 1
        or any(DEVICE.fullmatch(part) or REFUSED.search(part) for part in name.split("/"))
    ]


def test_file_names_are_portable() -> None:
    assert not_portable(git("ls-files").splitlines()) == []


@pytest.mark.parametrize("name", ["app/aux.py", "a:b", "a. ", "A/b", "x" * 130])
def test_file_name_that_is_not_portable_is_noticed(name: str) -> None:
    assert name in not_portable(["a/b", name])


def test_repository_has_no_symbolic_links() -> None:
    modes = {line.split()[0] for line in git("ls-files", "--stage").splitlines()}

    assert modes <= {"100644", "100755"}


def test_files_of_a_service_have_the_same_line_ends(fresh: Fresh) -> None:
    services = [fresh(NEWEST, chosen) for chosen in ANY_TWO_ANSWERS[:3]]
    paths = [path for service in services for path in service.rglob("*") if path.is_file()]

    assert [path for path in paths if b"\r" in path.read_bytes()] == []


def test_bot_is_configured_and_never_merges_by_itself(fresh: Fresh) -> None:
    text = (fresh(NEWEST, SHOP) / "renovate.json").read_text(encoding="utf-8")
    told = json.loads(text)

    assert told.keys() == OPTIONS
    assert [rule.keys() for rule in told["packageRules"]] == [RULE]
    assert told["packageRules"][0]["matchManagers"] == ["copier"]
    assert told["packageRules"][0]["automerge"] is False


def test_bot_finds_the_answers_file(fresh: Fresh) -> None:
    """It looks for files whose names its manager knows, and for these two values in them."""
    answers = Path(fresh(NEWEST, SHOP) / ".copier-answers.yml").read_text(encoding="utf-8")

    assert re.search(r"^_commit: \S+$", answers, re.MULTILINE)
    assert re.search(r"^_src_path: \S+$", answers, re.MULTILINE)
