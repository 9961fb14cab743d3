"""Worker that delivers outbox messages, in the process of the service or in its own."""

import logging
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Annotated

import anyio
import typer
from fastapi import FastAPI

from app.config import Settings, load_settings
from app.database.cli import one_line_errors
from app.database.engine import build_engine
from app.database.session import SessionFactory, build_session_factory
from app.logs import configure_logging
from app.outbox.dispatcher import deliver_due

logger = logging.getLogger(__name__)


@asynccontextmanager
async def worker_beside(app: FastAPI) -> AsyncGenerator[None]:
    """Run the worker until the block ends, unless OUTBOX_ENABLED is off."""
    settings: Settings = app.state.settings
    if not settings.outbox_enabled:
        yield
        return
    stop = Event()
    thread = Thread(
        target=keep_delivering,
        args=(app.state.sessions, settings.outbox_interval, stop),
        name="outbox",
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await anyio.to_thread.run_sync(thread.join)


def keep_delivering(sessions: SessionFactory, interval: float, stop: Event) -> None:
    """Deliver messages until told to stop; then finish the current one.

    Errors do not end it: a delivery that fails, as without a database, is retried.
    """
    while not stop.is_set():
        try:
            found = deliver_due(sessions, stop.is_set)
        except Exception:
            logger.warning("messages cannot be delivered now", exc_info=True)
            found = 0
        if not found:
            stop.wait(interval)


def run_worker(settings: Settings) -> None:
    """Deliver messages until Ctrl-C or SIGTERM."""
    stop = Event()

    def tell(_number: int, _frame: object) -> None:
        stop.set()

    signal.signal(signal.SIGINT, tell)
    signal.signal(signal.SIGTERM, tell)
    with _own_sessions(settings) as sessions:
        keep_delivering(sessions, settings.outbox_interval, stop)


def run_once(settings: Settings) -> None:
    """Deliver the messages that are due. Raises the errors of the driver."""
    with _own_sessions(settings) as sessions:
        while deliver_due(sessions):
            pass


@contextmanager
def _own_sessions(settings: Settings) -> Generator[SessionFactory]:
    engine = build_engine(settings)
    try:
        yield build_session_factory(engine)
    finally:
        engine.dispose()
