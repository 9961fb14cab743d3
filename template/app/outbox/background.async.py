"""Worker that delivers outbox messages, in the process of the service or in its own."""

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any

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

DRIVER_CLOSE_SECONDS = 0.05


@asynccontextmanager
async def worker_beside(app: FastAPI) -> AsyncGenerator[None]:
    """Run the worker until the block ends, unless OUTBOX_ENABLED is off."""
    settings: Settings = app.state.settings
    if not settings.outbox_enabled:
        yield
        return
    stop = asyncio.Event()
    work = keep_delivering(app.state.sessions, settings.outbox_interval, stop)
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        stop.set()
        await task


async def keep_delivering(sessions: SessionFactory, interval: float, stop: asyncio.Event) -> None:
    """Deliver messages until told to stop; then finish the current one.

    Errors do not end it: a delivery that fails, as without a database, is retried.
    """
    while not stop.is_set():
        try:
            found = await deliver_due(sessions, stop.is_set)
        except Exception:
            logger.warning("messages cannot be delivered now", exc_info=True)
            found = 0
        if not found:
            with anyio.move_on_after(interval):
                await stop.wait()


def run_worker(settings: Settings) -> None:
    """Deliver messages until Ctrl-C or SIGTERM."""
    _run(_work_until_signal(settings))


def run_once(settings: Settings) -> None:
    """Deliver the messages that are due. Raises the errors of the driver."""
    _run(_work_once(settings))


def _run(work: Coroutine[Any, Any, None]) -> None:
    # Not every driver can use the default loop of Windows.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(work)


async def _work_until_signal(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def tell(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGINT, tell)
    signal.signal(signal.SIGTERM, tell)
    async with _own_sessions(settings) as sessions:
        await keep_delivering(sessions, settings.outbox_interval, stop)


async def _work_once(settings: Settings) -> None:
    async with _own_sessions(settings) as sessions:
        while await deliver_due(sessions):
            pass


@asynccontextmanager
async def _own_sessions(settings: Settings) -> AsyncGenerator[SessionFactory]:
    engine = build_engine(settings)
    try:
        yield build_session_factory(engine)
    finally:
        await engine.dispose()
        # A driver with its own thread notifies the loop when it ends; the loop must still run.
        await asyncio.sleep(DRIVER_CLOSE_SECONDS)
