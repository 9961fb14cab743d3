"""`app db connections`: who is connected to the database."""

from collections.abc import Sequence

import typer
from sqlalchemy import text

from app.config import load_settings
from app.console import one_line_errors
from app.database.migration import build_migration_engine

# What the server shows depends on the account: of others it may hide the query, or all.
CONNECTIONS = text("""
{{ dialect.connections }}
""")
MAX_CELL_WIDTH = 60


def connections() -> None:
    """List who else is connected to the database, and what they do."""
    with one_line_errors(), build_migration_engine(load_settings()).connect() as connection:
        result = connection.execute(CONNECTIONS)
        rows = [tuple(row) for row in result]
    if not rows:
        typer.echo("Nobody else is connected.")
        return
    for line in _table([tuple(result.keys()), *rows]):
        typer.echo(line)


def _table(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return the rows as lines, in columns as wide as what they hold."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    return ["  ".join(row).rstrip() for row in padded]


def _cell(value: object) -> str:
    """Return a value in one line, cut where it is too long."""
    line = "" if value is None else " ".join(str(value).split())
    return line if len(line) <= MAX_CELL_WIDTH else f"{line[: MAX_CELL_WIDTH - 1]}…"
