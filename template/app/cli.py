"""The command line: `app --help`."""

import json
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from alembic import command
from alembic.config import Config

# {% if has_domain %}
from app.commands import add_commands
# {% endif %}
from app.config import load_settings
from app.console import one_line_errors
from app.database.connections import connections
from app.main import create_app

ROOT = Path(__file__).parent.parent
SHUTDOWN_SECONDS = 10

# One of several processes that does not answer for so long is replaced. uvicorn's own 5 seconds
# may be less than a busy machine needs to start one, which would then be replaced for ever.
WORKER_SECONDS = 60

cli = typer.Typer(
    help="Run and look after this service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="Look after the database.", no_args_is_help=True)
cli.add_typer(db, name="db")
db.command()(connections)
# {% if has_domain %}
add_commands(cli, db)
# {% endif %}

Message = Annotated[str, typer.Option("--message", "-m", help="What changes.")]
Revision = Annotated[str, typer.Argument(help="A revision, `head`, `base`, +1 or -1.")]


def alembic_config() -> Config:
    """Return the configuration of migrations, which pyproject.toml holds."""
    return Config(toml_file=ROOT / "pyproject.toml")


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
        # {% if auth != "none" %}
        # TRUSTED_PROXIES alone says whose word about a client's address counts.
        proxy_headers=False,
        # {% endif %}
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    typer.echo(json.dumps(create_app().openapi(), indent=2))


@db.command()
def upgrade(revision: Revision = "head") -> None:
    """Bring the schema up to a revision."""
    with one_line_errors():
        command.upgrade(alembic_config(), revision)


# Otherwise -1 would be taken for an option.
@db.command(context_settings={"ignore_unknown_options": True})
def downgrade(revision: Revision) -> None:
    """Take the schema back to a revision: -1 undoes the last one."""
    with one_line_errors():
        command.downgrade(alembic_config(), revision)


@db.command()
def revision(message: Message) -> None:
    """Write a migration for what changed in the models. Read it before you run it."""
    with one_line_errors():
        command.revision(alembic_config(), message, autogenerate=True)


@db.command()
def current() -> None:
    """Show which revision the database is at."""
    with one_line_errors():
        command.current(alembic_config())


@db.command()
def check() -> None:
    """Fail when the models and the migrations differ."""
    with one_line_errors():
        command.check(alembic_config())


@db.command()
def sql(revision: Revision = "head") -> None:
    """Print the SQL of an upgrade, for somebody else to run."""
    with one_line_errors():
        command.upgrade(alembic_config(), revision, sql=True)


# Your own commands go below this line.
