"""The commands that features bring along."""

import typer

# {% if auth != "none" %}
from app.auth.commands import users
# {% endif %}
from app.outbox.commands import outbox
from app.prune import prune
from app.shop.seed.commands import seed


def add_commands(cli: typer.Typer, db: typer.Typer) -> None:
    """Put them beside those of the service itself."""
    cli.add_typer(outbox, name="outbox")
    # {% if auth != "none" %}
    cli.add_typer(users, name="users")
    # {% endif %}
    db.command()(prune)
    db.command()(seed)
