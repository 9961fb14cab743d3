"""What a later version can add without a conflict, and why the context has to be large."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.matrix import Combination
from tests.support.services import run
from tests.update.edits import (
    add_a_dependency,
    add_a_model,
    add_a_router,
    replace,
)
from tests.update.merging import lost, moved
from tests.update.project import Project, files
from tests.update.versions import NEWEST, add_version

SHOP = Combination("sqlite", "async", "none", "shop", repository=True)
EMPTY = Combination("postgresql", "sync", "none", "none", repository=True)
DEFAULT_LINES_OF_CONTEXT = 3
LISTS = "1001.0.0"
ALIKE = "1002.0.0"
ONE_MORE = "1003.0.0"


class Entry(NamedTuple):
    """A list that both sides add to: its last line, what a version adds, what the owner adds."""

    below: str
    template: str
    owner: str


OWN_SETTINGS = "    # Your own settings go below this line.\n"
OWN_VARIABLES = "# ---- Your own settings go below this line.\n"
OWN_COMMANDS = "# Your own commands go below this line.\n"
OWN_TOOLS = "    # Your own tools go below this line.\n"
LIST = {
    "app/models/__init__.py": Entry(
        "\n# isort: split\n# Your own tables go below this line.\n",
        "from app.models.base import utc_now as utc_now\n",
        "",
    ),
    "app/routers.py": Entry(
        "    # Your own routers go below this line.\n",
        "    health.router,\n",
        "",
    ),
    "app/config.py": Entry(
        f"\n{OWN_SETTINGS}", "    of_theirs: int = 1\n", "    of_mine: int = 1\n"
    ),
    ".env.example": Entry(OWN_VARIABLES, "# OF_THEIRS=1\n\n", "# OF_MINE=1\n"),
    "app/cli.py": Entry(
        f"\n\n{OWN_COMMANDS}",
        "\n\ncli.command()(check)\n",
        "\n\ncli.command()(current)\n",
    ),
    "pyproject.toml": Entry(OWN_TOOLS, '    "idna>=3",\n', '    "sniffio>=1",\n'),
}


def service(name: str) -> str:
    """Return a service of a compose file, which is like every other one."""
    return f"""  {name}:
    image: "nginx:1"
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "true"]
      interval: 2s
      timeout: 5s
      retries: 30

"""


@pytest.fixture(scope="module")
def later(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history with versions to come: one adds to each list, one a third of two blocks alike."""
    folder = tmp_path_factory.mktemp("later") / "template"
    run("git", "clone", "--quiet", history, folder, cwd=history)
    entries = {k: (v.below, v.template + v.below) for k, v in LIST.items()}
    add_version(folder, LISTS, entries)
    services = {"compose.yaml": ("services:\n", f"services:\n{service('first')}{service('third')}")}
    add_version(folder, ALIKE, services)
    first = service("first")
    add_version(folder, ONE_MORE, {"compose.yaml": (first, f"{service('new')}{first}")})
    return folder


@pytest.mark.parametrize("chosen", [SHOP, EMPTY], ids=str)
def test_both_sides_add_to_the_same_lists_without_a_conflict(
    chosen: Combination,
    later: Path,
    tmp_path: Path,
) -> None:
    project = Project.start(later, tmp_path / "service", NEWEST, chosen.answers)
    base = files(project.folder)
    for edit in (add_a_model, add_a_router, add_a_dependency):
        edit(project.folder)
    for name, entry in LIST.items():
        replace(project.folder, name, entry.below, entry.below + entry.owner)
    project.commit()
    user = files(project.folder)

    project.update(version=LISTS)

    after = files(project.folder)
    assert project.conflicts == set()
    assert lost(base, user, after) == {}
    assert moved(base, user, after) == []
    assert [k for k, one in LIST.items() if one.template not in after[k].decode()] == []


def edited_second_of_two(later: Path, folder: Path) -> Project:
    """Return a project whose owner has edited the second of two services that are alike."""
    project = Project.start(later, folder, ALIKE, EMPTY.answers)
    third = service("third")
    replace(folder, "compose.yaml", third, third.replace("interval: 2s", "interval: 9s"))
    project.commit()
    return project


def patient(folder: Path) -> list[str]:
    """Return which services have the owner's edit."""
    blocks = (folder / "compose.yaml").read_text(encoding="utf-8").split("\n\n")
    return [block.split(":")[0].split()[-1] for block in blocks if "interval: 9s" in block]


def test_edit_stays_in_its_block_among_similar_blocks(later: Path, tmp_path: Path) -> None:
    project = edited_second_of_two(later, tmp_path / "service")

    project.update(version=ONE_MORE)

    assert patient(project.folder) == ["third"]
    assert project.conflicts == set()


def test_edit_moves_silently_with_little_context(later: Path, tmp_path: Path) -> None:
    """Why the documented command has `-c 1000`, and a test that a move is noticed."""
    project = edited_second_of_two(later, tmp_path / "service")
    user = files(project.folder)
    base = user | {"compose.yaml": user["compose.yaml"].replace(b"interval: 9s", b"interval: 2s")}

    project.update(version=ONE_MORE, lines=DEFAULT_LINES_OF_CONTEXT)

    after = files(project.folder)
    assert patient(project.folder) != ["third"]
    assert project.conflicts == set()
    assert moved(base, user, after) != []


def test_lost_line_is_noticed() -> None:
    base = {"a.py": b"one\n", "b.py": b""}
    user = {"a.py": b"one\ntwo\ntwo\n", "b.py": b"new\n"}

    assert lost(base, user, {"a.py": b"one\ntwo\n"}) == {"a.py": ["two"], "b.py": ["new"]}
    assert lost(base, user, user) == {}


def test_file_that_both_sides_add_is_a_conflict(later: Path, tmp_path: Path) -> None:
    project = Project.start(later, tmp_path / "service", "0.1.0.dev1", SHOP.answers)
    base = files(project.folder)
    (project.folder / "app/routers.py").write_text("MINE = []\n", encoding="utf-8")
    project.commit()
    user = files(project.folder)

    project.update()

    assert project.conflicts == project.unmerged == {"app/routers.py"}
    assert lost(base, user, files(project.folder)) == {}
