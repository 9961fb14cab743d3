"""A service can be made, kept and updated on any system, and by a bot."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import FEW
from tests.matrix import Combination
from tests.update.conftest import Fresh
from tests.update.versions import NEWEST, git

SHOP = Combination("sqlite", "async", "none", "shop", repository=True)
# Windows takes these for devices, whatever comes after a dot, and refuses the signs.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
REFUSED = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$')
# Windows has 260 for the whole path, unless it is told otherwise.
LONGEST = 120
# What an update's bot may be told here; the names are those of Renovate's documentation.
OPTIONS = {"$schema", "extends", "packageRules"}
RULE = {"description", "matchManagers", "automerge"}


def refused(names: list[str]) -> list[str]:
    """Return the paths that some system cannot hold beside the others."""
    folded = [name.casefold() for name in names]
    return [
        name
        for name in names
        if len(name) > LONGEST
        or folded.count(name.casefold()) > 1
        or any(DEVICE.fullmatch(part) or REFUSED.search(part) for part in name.split("/"))
    ]


def test_every_system_can_hold_the_names_of_the_template() -> None:
    assert refused(git("ls-files").splitlines()) == []


@pytest.mark.parametrize("name", ["app/aux.py", "a:b", "a. ", "A/b", "x" * 130])
def test_a_name_that_a_system_refuses_is_noticed(name: str) -> None:
    assert name in refused(["a/b", name])


def test_git_holds_no_link_which_windows_would_make_a_file_of() -> None:
    modes = {line.split()[0] for line in git("ls-files", "--stage").splitlines()}

    assert modes <= {"100644", "100755"}


def test_every_file_of_a_service_ends_its_lines_alike(fresh: Fresh) -> None:
    services = [fresh(NEWEST, chosen) for chosen in FEW[:3]]
    paths = [path for service in services for path in service.rglob("*") if path.is_file()]

    assert [path for path in paths if b"\r" in path.read_bytes()] == []


def test_a_bot_is_told_what_it_knows_and_never_merges_by_itself(fresh: Fresh) -> None:
    text = (fresh(NEWEST, SHOP) / "renovate.json").read_text(encoding="utf-8")
    told = json.loads(text)

    assert told.keys() == OPTIONS
    assert [rule.keys() for rule in told["packageRules"]] == [RULE]
    assert told["packageRules"][0]["matchManagers"] == ["copier"]
    assert told["packageRules"][0]["automerge"] is False


def test_a_bot_finds_the_file_of_answers(fresh: Fresh) -> None:
    """It looks for files whose names its manager knows, and for these two values in them."""
    answers = Path(fresh(NEWEST, SHOP) / ".copier-answers.yml").read_text(encoding="utf-8")

    assert re.search(r"^_commit: \S+$", answers, re.MULTILINE)
    assert re.search(r"^_src_path: \S+$", answers, re.MULTILINE)
