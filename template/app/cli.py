"""Command line: `app --help`."""

import json
from collections.abc import Callable
from typing import Annotated

import typer
import uvicorn

{{ features.cli_imports | join("\n") }}

SHUTDOWN_SECONDS = 10

# A worker process that does not answer for so long is replaced. uvicorn's own 5 seconds are less
# than a busy host needs to start one, which would then be replaced for ever.
WORKER_SECONDS = 60

cli = typer.Typer(
    help="Run and administer this service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
{{ features.commands | join("\n") }}
# Your own groups of commands go below this line.

# Rows that `app db cleanup` deletes: their name, and the function that deletes and counts them.
CLEANUPS: list[tuple[str, Callable[[Settings], int]]] = [
    # {% for line in features.cleanups %}
    {{ line }}
    # {% endfor %}
    # Your own cleanups go below this line.
]


@cli.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Number of processes.", min=1)] = 1,
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
        # TRUSTED_PROXIES alone decides whose X-Forwarded-For counts.
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
def cleanup() -> None:
    """Delete rows that have expired."""
    for name, delete in CLEANUPS:
        with one_line_errors():
            count = delete(load_settings())
        typer.echo(f"Deleted {count} {name}.")


# Your own commands go below this line.
