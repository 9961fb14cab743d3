"""Common mistakes: what Copier prints is a heading of the page that says the way out."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.markdown import HEADING, page
from tests.support.matrix import ROOT, Combination
from tests.support.services import environment, run
from tests.update.project import Project, files
from tests.update.versions import NEWEST, add_version

HEADINGS: list[str] = HEADING.findall(page("docs/how-to/troubleshoot.md").prose)[1:-1]
EMPTY = Combination("postgresql", "sync", "none", "none", repository=True)
COPIER = (sys.executable, "-m", "copier")
QUICK = ("--defaults", "-d", "example=none")
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m")
UPDATE = ("update", "--defaults", "-c", "1000")


def copier(*arguments: str | Path, cwd: Path) -> str:
    """Run Copier where it has to fail, and return the last line that it prints."""
    done = subprocess.run(
        [*COPIER, *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode, done.stdout
    return TERMINAL_CODE.sub("", done.stdout).strip().splitlines()[-1]


def explained(message: str) -> bool:
    """Tell whether the page has a message as a heading."""
    patterns = [re.escape(heading).replace("…", ".+") for heading in HEADINGS]
    return any(re.fullmatch(pattern, message) for pattern in patterns)


def copied(history: Path, folder: Path) -> Path:
    run(*COPIER, "copy", "--quiet", *QUICK, history, folder / "service", cwd=folder)
    return folder / "service"


def no_repository(history: Path, folder: Path) -> str:
    return copier(*UPDATE, cwd=copied(history, folder))


def dirty(history: Path, folder: Path) -> str:
    project = Project.start(history, folder / "service", NEWEST, EMPTY.answers)
    (project.folder / "mine.txt").write_text("mine\n", encoding="utf-8")
    return copier(*UPDATE, cwd=project.folder)


def no_answers_file(history: Path, folder: Path) -> str:
    project = Project.start(history, folder / "service", NEWEST, EMPTY.answers)
    (project.folder / ".copier-answers.yml").unlink()
    project.commit()
    return copier(*UPDATE, cwd=project.folder)


def template_gone(history: Path, folder: Path) -> str:
    template = shutil.copytree(history, folder / "template")
    project = Project.start(template, folder / "service", NEWEST, EMPTY.answers)
    template.rename(folder / "moved")
    return copier(*UPDATE, cwd=project.folder)


def unpacked_archive(history: Path, folder: Path) -> str:
    archive = shutil.copytree(history, folder / "template", ignore=shutil.ignore_patterns(".git"))
    service = copied(archive, folder)
    run("git", "init", "--quiet", cwd=service)
    Project(service).commit()
    return copier(*UPDATE, cwd=service)


def old_copier(history: Path, folder: Path) -> str:
    template = folder / "template"
    shutil.copytree(history, template)
    settings = template / "copier.yml"
    text = settings.read_text(encoding="utf-8")
    newer = re.sub(r"_min_copier_version: .*", '_min_copier_version: "900.0.0"', text)
    settings.write_text(newer, encoding="utf-8")
    add_version(template, "1001.0.0", {})
    return copier("copy", *QUICK, template, "service", cwd=folder)


def occupied_folder(history: Path, folder: Path) -> str:
    (folder / "service").mkdir()
    (folder / "service/README.md").write_text("mine\n", encoding="utf-8")
    message = copier("copy", *QUICK, history, "service", cwd=folder)
    assert (folder / "service/README.md").read_text(encoding="utf-8") == "mine\n"
    return message


def wrong_value(history: Path, folder: Path) -> str:
    return copier("copy", "--defaults", "-d", "database=postgre", history, "service", cwd=folder)


def wrong_name(history: Path, folder: Path) -> str:
    return copier("copy", "--defaults", "-d", "databse=mysql", history, "service", cwd=folder)


def computed_name(history: Path, folder: Path) -> str:
    return copier("copy", "--defaults", "-d", "slug=evil", history, "service", cwd=folder)


MISTAKES = [
    no_repository,
    dirty,
    no_answers_file,
    template_gone,
    unpacked_archive,
    old_copier,
    occupied_folder,
    wrong_value,
    wrong_name,
    computed_name,
]
NOTHING_WRITTEN = {wrong_value, wrong_name, computed_name, old_copier}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_message_is_a_heading(
    mistake: Callable[[Path, Path], str],
    history: Path,
    tmp_path: Path,
) -> None:
    message = mistake(history, tmp_path)

    assert explained(message), message
    assert mistake not in NOTHING_WRITTEN or not (tmp_path / "service").exists()


def test_message_that_is_no_heading_is_noticed() -> None:
    assert not explained("Updating is supported.")


def test_typo_in_the_name_of_an_answer_stops_an_update(history: Path, tmp_path: Path) -> None:
    project = Project.start(history, tmp_path / "service", NEWEST, EMPTY.answers)
    before = files(project.folder)

    message = copier(*UPDATE, "-d", "databse=mysql", cwd=project.folder)

    assert explained(message), message
    assert files(project.folder) == before


def test_relative_path_works(history: Path, tmp_path: Path) -> None:
    shutil.copytree(history, tmp_path / "template")
    (tmp_path / "a").mkdir()
    run(*COPIER, "copy", "--quiet", *QUICK, "../template", "service", cwd=tmp_path / "a")
    service = (tmp_path / "a/service").rename(tmp_path / "elsewhere")
    run("git", "init", "--quiet", cwd=service)
    Project(service).commit()

    run(*COPIER, *UPDATE, cwd=service)

    assert (service / "pyproject.toml").exists()


def test_every_question_is_known_to_the_check_of_names() -> None:
    text = (ROOT / "extensions/answers.jinja").read_text(encoding="utf-8")
    asked = re.findall(r'^  "(\w+)",$', text, re.MULTILINE)
    declared = page("docs/reference/questions.md").column("Default", of="Question")

    assert asked == list(declared)
