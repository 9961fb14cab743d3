"""The history that these tests use is whole, or says what to do."""

import shutil
from pathlib import Path

import pytest

from tests.support.matrix import ROOT
from tests.support.services import commit_all, lay_out, run
from tests.update.versions import NEWEST, build_history, earlier_versions, git

SHELL_SCRIPTS = {".sh", ".bat", ".cmd", ".ps1"}


def test_every_version_is_tagged(history: Path) -> None:
    tags = set(git("tag", "--list", cwd=history).split())

    assert tags == {*earlier_versions(), NEWEST}


def test_newest_version_is_the_working_tree(history: Path) -> None:
    name = "template/app/routers.py"

    assert git("show", f"{NEWEST}:{name}", cwd=history) == (ROOT / name).read_text()


def test_shallow_clone_says_what_to_do(tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    run("git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", shallow, cwd=tmp_path)

    with pytest.raises(pytest.fail.Exception, match="git fetch --unshallow"):
        build_history(tmp_path / "history", shallow)


def test_line_ends_are_the_same_on_every_system(tmp_path: Path) -> None:
    for folder in (ROOT, ROOT / "template"):
        assert "* text=auto eol=lf" in (folder / ".gitattributes").read_text(encoding="utf-8")
    run("git", "init", "--quiet", tmp_path, cwd=ROOT)
    lay_out(tmp_path)
    assert b"\r\n" not in b"".join(
        one.read_bytes() for one in tmp_path.rglob("*.*") if one.is_file()
    )
    commit_all(tmp_path, "Work")

    # As Windows has it: git can turn line ends on checkout, if nothing forbids it.
    shutil.rmtree(tmp_path / "template")
    run("git", "-c", "core.autocrlf=true", "checkout", "--", "template", cwd=tmp_path)

    text = (tmp_path / "template/app/main.py").read_bytes()
    assert b"\r\n" not in text


def test_update_needs_no_shell_script() -> None:
    names = git("ls-files", "template").splitlines()

    assert [name for name in names if Path(name).suffix in SHELL_SCRIPTS] == []
