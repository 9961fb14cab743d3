"""Delete what nobody will ask for again: `app db prune`."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import delete

# {% if auth != "none" %}
from app.auth.leftovers import delete_expired_sessions_and_tokens
# {% endif %}
from app.config import Settings, load_settings
from app.console import one_line_errors
from app.database.migration import build_migration_engine
from app.models import IdempotencyRecord
from app.models.base import utc_now

Days = Annotated[int, typer.Option(help="How old they may be.", min=0, max=36_500)]


def prune(days: Days = 30) -> None:
    """Delete stored answers that are older than so many days. The audit stays."""
    with one_line_errors():
        count = delete_old_answers(load_settings(), timedelta(days=days))
    typer.echo(f"Deleted {count} stored answers.")
    # {% if auth != "none" %}
    with one_line_errors():
        count = delete_expired_sessions_and_tokens(load_settings())
    typer.echo(f"Deleted {count} sign-ins and tokens that had ended.")
    # {% endif %}


def delete_old_answers(settings: Settings, age: timedelta) -> int:
    """Delete the answers older than that, and return how many there were.

    Over a connection without a limit on how long a statement takes: there may be very many.
    """
    statement = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < utc_now() - age)
    with build_migration_engine(settings).begin() as connection:
        return connection.execute(statement).rowcount
