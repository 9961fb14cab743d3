"""The code that pages of documentation show: where it stands, which file it is, what it prints."""

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.markdown import Page
from tests.support.services import environment

BLOCK_OR_HEADING = re.compile(r"^```(\w+)\n(.*?)^```$|^#+ (.+?)$", re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"`([\w./]+\.\w+)`:?\s*\Z")
ADDRESS = re.compile(r"\b0x[0-9a-f]+")
BETWEEN = "---- the next piece of code ----\n"


@dataclass(frozen=True)
class Snippet:
    """A block of code, and what stands around it."""

    heading: str
    language: str
    text: str
    before: str

    @property
    def file(self) -> str:
        """The file that the sentence before it names; empty where there is none."""
        named = FILE_NAME.search(self.before)
        return named[1] if named else ""

    @property
    def is_output(self) -> bool:
        """Whether it shows what the block right before it prints."""
        return self.language == "text" and self.before == "\n\n"


@cache
def snippets(page: Page) -> list[Snippet]:
    """Return the blocks of a page in their order."""
    found: list[Snippet] = []
    heading, end = "", 0
    for match in BLOCK_OR_HEADING.finditer(page.text):
        heading = match[3] or heading
        if match[1]:
            found.append(Snippet(heading, match[1], match[2], page.text[end : match.start()]))
        end = match.end()
    return found


def run_python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as its reader would, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def without_addresses(text: str) -> str:
    """Return what a program printed without what differs from one run to the next."""
    return ADDRESS.sub("0x…", text)


def printed_and_shown(page: Page, folder: Path) -> list[tuple[str, str]]:
    """Run the Python of a page as one program; return what each piece prints, and what is shown."""
    blocks = snippets(page)
    pieces = [block.text for block in blocks if block.language == "python"]
    done = run_python(f"print({BETWEEN!r}, end='')\n".join(pieces), folder)
    assert done.returncode == 0, done.stderr
    shown: list[str] = []
    for block in blocks:
        if block.language == "python":
            shown.append("")
        elif block.is_output:
            shown[-1] = block.text
    return list(zip(without_addresses(done.stdout).split(BETWEEN), shown, strict=True))
