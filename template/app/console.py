"""What the commands of several features share."""

from collections.abc import Generator
from contextlib import contextmanager

import typer
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.errors import DomainError


@contextmanager
def one_line_errors() -> Generator[None]:
    """Turn what may be expected to fail into one line and exit code 1."""
    try:
        yield
    except (CommandError, DomainError, SQLAlchemyError) as error:
        message = str(getattr(error, "orig", None) or error)
        typer.echo(f"Error: {message.splitlines()[0]}", err=True)
        raise typer.Exit(1) from None
