"""Update the service in the current folder, and end like a killed process at a given moment.

`python -m tests.update.interrupted_update MOMENT VERSION`: a moment is a number of files that
Copier has written, counted over the old copy, the service itself and the new copy; or the name of
a function of Copier, which is then not called.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from copier import _main, run_update

from tests.update.project import CONTEXT_LINES

KILLED = 137


def die(*_: Any, **__: Any) -> None:
    """End at once: nothing is cleaned up."""
    os._exit(KILLED)


def die_after(number: int, render: Callable[..., None]) -> Callable[..., None]:
    """Return a function that does its work so many times, and then ends the process."""
    calls = iter(range(number))

    def render_or_die(*arguments: Any, **named: Any) -> None:
        if next(calls, None) is None:
            die()
        render(*arguments, **named)

    return render_or_die


def main(moment: str, version: str) -> None:
    """Prepare the end, and update."""
    if moment.isdecimal():
        worker: Any = _main.Worker
        name = "_render_file"
        setattr(worker, name, die_after(int(moment), getattr(worker, name)))
    else:
        setattr(_main, moment, die)
    run_update(
        ".",
        vcs_ref=version,
        defaults=True,
        overwrite=True,
        quiet=True,
        context_lines=CONTEXT_LINES,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
