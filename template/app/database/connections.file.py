"""`app db connections`: who has the database open."""

import typer

from app.config import load_settings


def connections() -> None:
    """Say how to find out who has the database open: a file keeps no list of them."""
    file = load_settings().database_url.database
    typer.echo(f"{{ dialect.label }} keeps no list of connections. Processes that use it: fuser {file}")
