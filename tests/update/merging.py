"""What an update must come to: a true merge, in which no line of the user's is lost or moves."""

import difflib
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.update.project import is_users

Files = Mapping[str, bytes]
ANSWERS = ".copier-answers.yml"
SIDES = ("before updating", "last update", "after updating")
# A conflict: what the user has, and what the template has.
CONFLICT = re.compile(rb"<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n", re.DOTALL)


def merged(user: bytes, base: bytes, template: bytes, folder: Path) -> bytes:
    """Return what git makes of two sides that have both changed a file."""
    paths = [folder / name for name in ("user", "base", "template")]
    for path, text in zip(paths, (user, base, template), strict=True):
        path.write_bytes(text)
    labels = [part for side in SIDES for part in ("-L", side)]
    command = ["git", "merge-file", "-p", *labels, *map(str, paths)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def expected(user: Files, base: Files, template: Files, folder: Path) -> dict[str, bytes]:
    """Return every file as it has to be after an update, those of the user included."""
    names = user.keys() | template.keys()
    found = {name: _expected(name, user, base, template, folder) for name in names}
    return {name: text for name, text in found.items() if text is not None}


def _expected(
    name: str,
    user: Files,
    base: Files,
    template: Files,
    folder: Path,
) -> bytes | None:
    if is_users(name) or (name not in template and name not in base):
        return user.get(name)
    if name == ANSWERS or (name not in base and name not in user):
        return template[name]
    # What the user has deleted stays away, and so does what the template has.
    if name not in user or name not in template:
        return None
    return merged(user[name], base.get(name, b""), template[name], folder)


def added(base: bytes, user: bytes) -> list[tuple[int, str]]:
    """Return the number and the text of each line that the user wrote."""
    lines = user.decode().splitlines()
    matcher = difflib.SequenceMatcher(a=base.decode().splitlines(), b=lines, autojunk=False)
    return [
        (number, lines[number])
        for kind, _, _, first, last in matcher.get_opcodes()
        for number in (range(first, last) if kind != "equal" else ())
        if lines[number].strip()
    ]


def whereabouts(lines: list[str], number: int) -> tuple[str, ...]:
    """Return the lines that a line is below: headers of blocks, functions, tables, keys."""
    above: list[str] = []
    depth = _indentation(lines[number])
    for line in reversed(lines[:number]):
        if line.strip() and line[0] not in ")]}" and _indentation(line) < depth:
            depth = _indentation(line)
            above.append(line)
    tables = [line for line in lines[:number] if re.match(r"\[|## ", line)]
    return (*above, *tables[-1:])


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def as_user_has_it(text: bytes) -> bytes:
    """Return a file with the user's side of each conflict."""
    return CONFLICT.sub(rb"\1", text)


def lost(base: Files, user: Files, after: Files) -> dict[str, list[str]]:
    """Return the lines that the user wrote and that are not in their file any more."""
    found = {
        name: Counter(line for _, line in added(base.get(name, b""), user[name]))
        - Counter(after.get(name, b"").decode().splitlines())
        for name in user
        if name != ANSWERS and user[name] != base.get(name)
    }
    return {name: list(lines) for name, lines in found.items() if lines}


def moved(base: Files, user: Files, after: Files) -> list[str]:
    """Return the lines that the user wrote and that are now in another block of their file."""
    return [
        f"{name}: {line}"
        for name in user.keys() & after.keys()
        if name != ANSWERS and user[name] != base.get(name)
        for line, place in _places(base.get(name, b""), user[name])
        if place not in _places_of(line, as_user_has_it(after[name]))
    ]


def _places(base: bytes, user: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    lines = user.decode().splitlines()
    for number, line in added(base, user):
        yield line, whereabouts(lines, number)


def _places_of(line: str, text: bytes) -> set[tuple[str, ...]]:
    lines = text.decode().splitlines()
    return {whereabouts(lines, number) for number, other in enumerate(lines) if other == line}
