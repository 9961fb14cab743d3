"""Delete what nobody will ask for again: `app db prune`."""

import typer

from app.auth.leftovers import delete_expired_sessions_and_tokens
from app.config import load_settings
from app.console import one_line_errors


def prune() -> None:
    """Delete sign-ins and tokens that have ended."""
    with one_line_errors():
        count = delete_expired_sessions_and_tokens(load_settings())
    typer.echo(f"Deleted {count} sign-ins and tokens that had ended.")
