# {% include "template/app/outbox/background." ~ concurrency ~ ".py" %}


outbox = typer.Typer(help="Deliver outbox messages.", no_args_is_help=True)

Once = Annotated[bool, typer.Option("--once", help="Deliver the messages that are due, then exit.")]


# With a callback, Typer requires the name of the only command.
@outbox.callback()
def main() -> None:
    """Deliver outbox messages."""


@outbox.command()
def run(*, once: Once = False) -> None:
    """Deliver messages until Ctrl-C or SIGTERM. Several workers can run at the same time."""
    settings = load_settings()
    configure_logging(settings)
    if not once:
        run_worker(settings)
        return
    with one_line_errors():
        run_once(settings)
