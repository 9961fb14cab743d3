"""Render the template as it lies here: `make render OUT=folder ANSWERS="-d database=mysql"`."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.services import freeze, render


def main() -> None:
    """Read the folder and the answers, render, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-d", "--data", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    answers = dict(item.split("=", maxsplit=1) for item in arguments.data)
    with TemporaryDirectory() as template:
        render(freeze(Path(template)), arguments.folder, answers)
    print(f"Rendered to {arguments.folder}")


if __name__ == "__main__":
    main()
