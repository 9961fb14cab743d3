"""Commands of the database: `app db --help`."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.config import load_settings
# {% if dialect.connections %}
from app.database.migration import build_migration_engine
# {% endif %}
from app.errors import DomainError

ROOT = Path(__file__).parents[2]

db = typer.Typer(help="Migrate and inspect the database.", no_args_is_help=True)

Message = Annotated[str, typer.Option("--message", "-m", help="What changes.")]
Revision = Annotated[str, typer.Argument(help="A revision, `head`, `base`, +1 or -1.")]


@contextmanager
def one_line_errors() -> Generator[None]:
    """Turn expected errors into one line and exit code 1."""
    try:
        yield
    except (CommandError, DomainError, SQLAlchemyError) as error:
        message = str(getattr(error, "orig", None) or error)
        typer.echo(f"Error: {message.splitlines()[0]}", err=True)
        raise typer.Exit(1) from None


def alembic_config() -> Config:
    """Alembic's configuration, which is in pyproject.toml."""
    return Config(toml_file=ROOT / "pyproject.toml")


@db.command()
def upgrade(revision: Revision = "head") -> None:
    """Upgrade the schema to a revision."""
    with one_line_errors():
        command.upgrade(alembic_config(), revision)


# Otherwise -1 would be parsed as an option.
@db.command(context_settings={"ignore_unknown_options": True})
def downgrade(revision: Revision) -> None:
    """Downgrade the schema to a revision; -1 undoes the last one."""
    with one_line_errors():
        command.downgrade(alembic_config(), revision)


@db.command()
def revision(message: Message) -> None:
    """Generate a migration from changed models. Read it before you run it."""
    with one_line_errors():
        command.revision(alembic_config(), message, autogenerate=True)


@db.command()
def current() -> None:
    """Show the revision of the database."""
    with one_line_errors():
        command.current(alembic_config())


@db.command()
def check() -> None:
    """Fail when models and migrations differ."""
    with one_line_errors():
        command.check(alembic_config())


@db.command()
def sql(revision: Revision = "head") -> None:
    """Print the SQL of an upgrade, to be run by a database administrator."""
    with one_line_errors():
        command.upgrade(alembic_config(), revision, sql=True)


# {% if dialect.connections %}
# The server can hide the queries of other users, or all of their connections.
CONNECTIONS = """
{{ dialect.connections }}
"""
MAX_CELL_WIDTH = 60


@db.command()
def connections() -> None:
    """List other connections to the database and their queries."""
    with one_line_errors(), build_migration_engine(load_settings()).connect() as connection:
        result = connection.exec_driver_sql(CONNECTIONS)
        cells = [[_cell(value) for value in row] for row in (result.keys(), *result)]
    if len(cells) == 1:
        typer.echo("No other connections.")
        return
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    """Value in one line, cut when it is too long."""
    line = "" if value is None else " ".join(str(value).split())
    return line if len(line) <= MAX_CELL_WIDTH else f"{line[: MAX_CELL_WIDTH - 1]}…"
# {% else %}
@db.command()
def connections() -> None:
    """Say how to find out which processes have the file open: it keeps no list of them."""
    file = load_settings().database_url.database
    typer.echo(f"{{ dialect.label }} keeps no list of connections. Processes that use it: fuser {file}")
# {% endif %}
