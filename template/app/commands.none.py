"""The commands that features bring along."""

import typer

from app.auth.commands import users
from app.prune import prune


def add_commands(cli: typer.Typer, db: typer.Typer) -> None:
    """Put them beside those of the service itself."""
    cli.add_typer(users, name="users")
    db.command()(prune)
