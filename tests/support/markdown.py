"""Pages of documentation as data: their tables, links, commands and what they name as code."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.support.matrix import ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(`+)(.+?)\1")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
VARIABLES = re.compile(r"^(?:[A-Z_]+=\S+ )+")
CELL_BORDER = re.compile(r"(?<!\\)\|")

# A folder at the left margin, or a line of the tree below it.
TREE_LINE = re.compile(r"^((?:│   |    )*[├└]── |(?=[\w.-]+/(?:  |$)))(\S+)", re.MULTILINE)

Row = list[str]


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """It without its blocks of code."""
        return BLOCK.sub("", self.text)

    @cached_property
    def tables(self) -> list[list[Row]]:
        """Its tables, each with its head and without the line below that."""
        found = re.findall(r"(?:^ *\|.*\n)+", self.prose, re.MULTILINE)
        tables = [[_cells(line) for line in table.splitlines()] for table in found]
        return [[table[0], *table[2:]] for table in tables]

    @property
    def code(self) -> list[str]:
        """What its prose marks as code."""
        return [match[2] for match in CODE.finditer(self.prose)]

    @property
    def commands(self) -> list[str]:
        """What it tells to type, in blocks and in its prose."""
        blocks = [match[2] for match in BLOCK.finditer(self.text) if match[1] == "bash"]
        lines = [line for block in blocks for line in block.splitlines()]
        typed = [part.split(" #")[0] for line in lines for part in line.split(" && ")]
        return [VARIABLES.sub("", command.strip()) for command in [*typed, *self.code]]

    @property
    def tree(self) -> list[Path]:
        """What its drawing of a folder shows."""
        paths: list[Path] = []
        for margin, name in TREE_LINE.findall(self.text):
            above = [one for one in paths if len(one.parts) <= len(margin) // 4]
            paths.append((above[-1] if margin and above else Path()) / name)
        return paths

    @property
    def links(self) -> list[str]:
        """Where it links to within this repository."""
        links: list[str] = LINK.findall(self.prose)
        return [link for link in links if ":" not in link]

    @property
    def anchors(self) -> set[str]:
        """What a link into it can name."""
        headings: list[str] = HEADING.findall(self.prose)
        return {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}

    def column(self, name: str, of: str) -> dict[str, str]:
        """Return one column of all tables that have it, by what is in the column `of`."""
        rows: dict[str, str] = {}
        for head, *body in self.tables:
            if name in head and of in head:
                rows |= {row[head.index(of)].strip("`"): row[head.index(name)] for row in body}
        return rows

    def section(self, heading: str) -> str:
        """Return what stands below a heading, up to the next one."""
        _, _, rest = self.text.partition(f"# {heading}\n")
        return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]

    def typed(self, heading: str) -> list[str]:
        """Return what the blocks below a heading tell to type."""
        lines = (line.strip() for line in self.section(heading).splitlines())
        return [line for line in lines if line.startswith(("git ", "uv", "copier "))]

    def __str__(self) -> str:
        """Name it in the output of tests."""
        return str(self.path.relative_to(ROOT))


def page(name: str) -> Page:
    """Return a page by its path in this repository."""
    return Page(ROOT / name)


def all_pages() -> list[Page]:
    """Return every page of the documentation."""
    return [Page(path) for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))]


def words(cell: str) -> list[str]:
    """Return what a cell marks as code."""
    return [match[2] for match in CODE.finditer(cell)]


def _cells(line: str) -> Row:
    return [cell.strip() for cell in CELL_BORDER.split(line.strip())[1:-1]]
