"""The tutorial works for who does exactly what it says."""

import re
import shlex
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.markdown import page
from tests.support.running import SERVE, Running, running
from tests.support.services import UV, environment, freeze, run
from tests.support.snippets import Snippet, snippets

TUTORIAL = page("docs/tutorial/first-service.md")
VARIABLES = re.compile(r"([A-Z_]+)=(\S+) ")
GIT_USER = {
    "GIT_AUTHOR_NAME": "Reader",
    "GIT_AUTHOR_EMAIL": "reader@example.com",
    "GIT_COMMITTER_NAME": "Reader",
    "GIT_COMMITTER_EMAIL": "reader@example.com",
}
PLACE = "http://127.0.0.1:8000"
# The newer version of the template changes a file that the tutorial changes too.
CHANGED = "template/app/routers.py"
BEFORE, AFTER = "Routes of every feature.", "Routes of every feature, in one list."


@dataclass
class Reader:
    """Somebody with a terminal, an editor, and a second terminal for what runs."""

    folder: Path
    template: Path
    stack: ExitStack
    file: str = ""
    heading: str = ""
    service: Running | None = None

    def follow(self, block: Snippet, shown: str) -> None:
        """Do what a block of the page says; fail where another thing happens than is shown."""
        if block.heading != self.heading:
            self.stack.close()
            self.heading, self.service = block.heading, None
        self.file = block.file or self.file
        if block.language == "python":
            self.write(block.text)
        elif block.language == "diff":
            self.change(block.text)
        elif block.language == "bash":
            *first, last = block.text.splitlines()
            for line in first:
                self.type(line)
            printed = self.type(last, may_fail=bool(shown))
            if shown:
                assert re.fullmatch(re.escape(shown.strip()).replace("…", ".+"), printed.strip())

    def write(self, text: str) -> None:
        """Write the file that the page has named last."""
        path = self.folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, diff: str) -> None:
        """Add the lines with a plus between those without one, which must be there once."""
        lines = diff.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        text = (self.folder / self.file).read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        self.write(text.replace(old, "".join(line[1:] for line in lines)))

    def type(self, line: str, *, may_fail: bool = False) -> str:
        """Run a command as it is written, and return what it prints."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return ""
        if line.startswith("uvx copier update"):
            release(self.template)
        env = GIT_USER | dict(VARIABLES.findall(line)) | {"PATH": f"{Path(UV).parent}:{path()}"}
        if "app serve" in line and not may_fail:
            self.serve(shlex.split(VARIABLES.sub("", line)), env)
            return ""
        line = line.replace("/path/to/groundwork", str(self.template))
        line = line.replace("uvx copier", f"{sys.executable} -m copier")
        if self.service:
            line = line.replace(PLACE, f"{self.service.client.base_url}".rstrip("/"))
        if may_fail:
            return said(line, self.folder, env)
        return run("bash", "-c", line, cwd=self.folder, env=env)

    def serve(self, command: list[str], env: dict[str, str]) -> None:
        """Start the service in the second terminal, until the section ends."""
        options = command[len(SERVE) - 1 :]
        started = running(self.folder, self.folder.parent, env, (*SERVE[:-1], *options, "--port"))
        self.service = self.stack.enter_context(started)


def path() -> str:
    """Return where commands are looked for."""
    return environment()["PATH"]


def said(line: str, folder: Path, env: dict[str, str]) -> str:
    """Return what a command prints, whether it fails or not."""
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def release(template: Path) -> None:
    """Give the template a newer version."""
    file = template / CHANGED
    text = file.read_text(encoding="utf-8")
    assert BEFORE in text
    file.write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
    run("git", "commit", "--quiet", "--all", "--message=Newer", cwd=template, env=GIT_USER)
    run("git", "tag", "99.0.0", cwd=template)


@pytest.mark.heavy
def test_tutorial_works_as_written(tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()
    blocks = snippets(TUTORIAL)
    shown = [one.text if one.is_output else "" for one in [*blocks[1:], blocks[0]]]
    with ExitStack() as stack:
        reader = Reader(tmp_path, freeze(tmp_path / "template"), stack)
        for block, output in zip(blocks, shown, strict=True):
            reader.follow(block, output)

    service = tmp_path / "my-service"
    files = {one.file: one.text for one in blocks if one.language == "python"}
    routers = (service / "app/routers.py").read_text(encoding="utf-8")
    assert {name: (service / name).read_text(encoding="utf-8") for name in files} == files
    assert AFTER in routers
    assert "    reviews.router,\n" in routers
    assert run("git", "status", "--porcelain", cwd=service) == ""
    assert "<<<<<<<" not in run("git", "show", "HEAD", cwd=service)
