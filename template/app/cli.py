"""The command line: `app --help`."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.config import load_settings
from app.main import create_app

ROOT = Path(__file__).parent.parent
SHUTDOWN_SECONDS = 10

cli = typer.Typer(
    help="Run and look after this service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Look after the database.", no_args_is_help=True)
cli.add_typer(db, name="db")

Message = Annotated[str, typer.Option("--message", "-m", help="What changes.")]
Revision = Annotated[str, typer.Argument(help="A revision, `head`, `base`, +1 or -1.")]


def alembic_config() -> Config:
    """Return the configuration of migrations, which pyproject.toml holds."""
    return Config(toml_file=ROOT / "pyproject.toml")


@contextmanager
def _one_line_errors() -> Generator[None]:
    """Turn what may be expected to fail into one line and exit code 1."""
    try:
        yield
    except (CommandError, SQLAlchemyError) as error:
        message = str(getattr(error, "orig", None) or error)
        typer.echo(f"Error: {message.splitlines()[0]}", err=True)
        raise typer.Exit(1) from None


@cli.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="How many processes.", min=1)] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Restart on changes.")] = False,
) -> None:
    """Start the service."""
    load_settings()
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        reload=reload,
        loop="{{ dialect.loop }}",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    typer.echo(json.dumps(create_app().openapi(), indent=2))


@db.command()
def upgrade(revision: Revision = "head") -> None:
    """Bring the schema up to a revision."""
    with _one_line_errors():
        command.upgrade(alembic_config(), revision)


# Otherwise -1 would be taken for an option.
@db.command(context_settings={"ignore_unknown_options": True})
def downgrade(revision: Revision) -> None:
    """Take the schema back to a revision: -1 undoes the last one."""
    with _one_line_errors():
        command.downgrade(alembic_config(), revision)


@db.command()
def revision(message: Message) -> None:
    """Write a migration for what changed in the models. Read it before you run it."""
    with _one_line_errors():
        command.revision(alembic_config(), message, autogenerate=True)


@db.command()
def current() -> None:
    """Show which revision the database is at."""
    with _one_line_errors():
        command.current(alembic_config())


@db.command()
def check() -> None:
    """Fail when the models and the migrations differ."""
    with _one_line_errors():
        command.check(alembic_config())


@db.command()
def sql(revision: Revision = "head") -> None:
    """Print the SQL of an upgrade, for somebody else to run."""
    with _one_line_errors():
        command.upgrade(alembic_config(), revision, sql=True)
