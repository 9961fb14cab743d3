"""Deliver messages from the command line: `app outbox run`."""

from typing import Annotated

import typer

from app.background import run_once, run_worker
from app.config import load_settings
from app.console import one_line_errors
from app.logs import configure_logging

outbox = typer.Typer(help="Deliver messages in a process of its own.", no_args_is_help=True)

Once = Annotated[bool, typer.Option("--once", help="Deliver what is due, and end.")]


# Without it `run`, the only command, would not have to be named.
@outbox.callback()
def main() -> None:
    """Deliver messages in a process of its own."""


@outbox.command()
def run(*, once: Once = False) -> None:
    """Deliver messages until Ctrl-C or SIGTERM. Run as many as you like at the same time."""
    settings = load_settings()
    configure_logging(settings)
    if not once:
        run_worker(settings)
        return
    with one_line_errors():
        run_once(settings)
