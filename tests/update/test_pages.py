"""What the pages about updates tell to type does what they say."""

import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, make_url

from tests.support.markdown import page
from tests.support.matrix import Combination
from tests.support.services import UV, environment, run
from tests.update.conftest import Fresh
from tests.update.edits import add_a_model, replace
from tests.update.project import CONTEXT_LINES, MARKER, Project, copy, files
from tests.update.versions import NEWEST, git

EMPTY = Combination("sqlite", "sync", "none", "none", repository=True)
SHOP = Combination("sqlite", "async", "none", "shop", repository=True)
# Since then the template has written lines beside the one that the owner changes here.
OLD = "0.1.0.dev1"
UPDATING = ("update", "change-an-answer", "choose-a-database", "resolve-a-conflict")
TABLE = "CREATE TABLE reviews (text VARCHAR(255) NOT NULL, id INTEGER NOT NULL, "
TABLE += "CONSTRAINT pk_reviews PRIMARY KEY (id))"


def commands(name: str, heading: str) -> list[str]:
    """Return what a section of a page tells to type, in its blocks."""
    return page(f"docs/how-to/{name}.md").typed(heading)


def fails(*command: str, cwd: Path) -> bool:
    """Run a command and tell whether it ends with an error."""
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, check=False)
    return bool(done.returncode)


def test_every_documented_update_has_the_large_context() -> None:
    typed = [
        command
        for name in UPDATING
        for command in page(f"docs/how-to/{name}.md").commands
        if command.startswith("uvx copier update")
    ]

    assert typed
    assert [one for one in typed if f"-c {CONTEXT_LINES}" not in one] == []


def test_conflict_is_found_and_one_side_taken(
    history: Path,
    fresh: Fresh,
    tmp_path: Path,
) -> None:
    project = Project.start(history, tmp_path / "service", OLD, EMPTY.answers)
    name, line = ".github/workflows/ci.yaml", "uv run ruff check\n"
    replace(project.folder, name, line, f"{line[:-1]} --quiet\n")
    project.commit()
    mine = (project.folder / name).read_bytes()
    project.update()

    search, *_ = commands("resolve-a-conflict", "Resolve a conflict")
    found = run(*shlex.split(search), cwd=project.folder)

    assert found.startswith(f"{name}:")
    assert project.unmerged == {name}
    run("git", "checkout", "--ours", "--", name, cwd=project.folder)
    assert (project.folder / name).read_bytes() == mine
    run("git", "checkout", "--theirs", "--", name, cwd=project.folder)
    assert (project.folder / name).read_bytes() == files(fresh(NEWEST, EMPTY))[name]


def test_files_removed_by_an_answer_are_listed(history: Path, tmp_path: Path) -> None:
    project = Project.start(history, tmp_path / "service", NEWEST, SHOP.answers)
    gone = "app/shop/orders/repository.py"
    replace(project.folder, gone, '"""Statements', '"""Mine: statements')
    project.commit()

    project.update(repository=False)

    command, *_ = commands("change-an-answer", "What goes away")
    listed = run(*shlex.split(command), cwd=project.folder)
    assert gone in listed.splitlines()
    assert git("show", f"HEAD:{gone}", cwd=project.folder).startswith('"""Mine: statements')


@pytest.mark.heavy
def test_ci_refuses_conflicts_and_rejected_changes(history: Path, tmp_path: Path) -> None:
    project = Project.start(history, tmp_path / "service", NEWEST, EMPTY.answers)
    workflow = (project.folder / ".github/workflows/ci.yaml").read_text(encoding="utf-8")
    steps = yaml.safe_load(workflow)["jobs"]["lint"]["steps"]
    checks = [step["run"] for step in steps if "pre-commit" in step.get("run", "")]
    run(UV, "sync", "--quiet", cwd=project.folder)

    def failing() -> list[bool]:
        project.commit()
        return [fails(UV, *shlex.split(one)[1:], cwd=project.folder) for one in checks]

    assert failing() == [False, False]
    readme = project.folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(f"{text}{MARKER}before updating\n", encoding="utf-8")
    assert failing() == [True, False]
    readme.write_text(text, encoding="utf-8")
    (project.folder / "README.md.rej").write_text("rejected\n", encoding="utf-8")
    assert failing() == [False, True]


@pytest.mark.heavy
def test_shop_can_be_added_to_a_service_in_use(history: Path, tmp_path: Path) -> None:
    project = Project.start(history, tmp_path / "service", NEWEST, EMPTY.answers)

    project.update(example="shop")
    for command in commands("change-an-answer", "Write the revision"):
        run(*shlex.split(command.replace("uv ", f"{UV} ", 1)), cwd=project.folder)

    run(UV, "run", "app", "db", "check", cwd=project.folder)
    run(UV, "run", "app", "db", "seed", cwd=project.folder)


@pytest.mark.heavy
def test_service_with_a_database_can_adopt_the_template(history: Path, tmp_path: Path) -> None:
    folder = tmp_path / "service"
    real, empty = ({"DATABASE_URL": f"sqlite:///{tmp_path / one}.db"} for one in ("real", "empty"))
    with create_engine(make_url(real["DATABASE_URL"])).begin() as connection:
        connection.exec_driver_sql(TABLE)
        connection.exec_driver_sql("INSERT INTO reviews VALUES ('kept', 1)")
    copy(history, folder, NEWEST, EMPTY.answers)
    add_a_model(folder)
    run(UV, "sync", "--quiet", cwd=folder)

    first, stamp, check = commands("adopt-in-an-existing-service", "3. Start the migrations")
    run(UV, *shlex.split(first)[1:], cwd=folder, env=empty)
    for command in (stamp, check):
        run(UV, *shlex.split(command)[1:], cwd=folder, env=real)

    with create_engine(make_url(real["DATABASE_URL"])).begin() as connection:
        assert connection.exec_driver_sql("SELECT text FROM reviews").scalar() == "kept"
