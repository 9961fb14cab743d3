"""The worker that delivers messages: beside the requests, or in a process of its own."""

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI

from app.config import Settings
from app.database.engine import build_engine
from app.database.session import SessionFactory, build_session_factory
from app.outbox.delivery import deliver_due

logger = logging.getLogger(__name__)

DRIVER_CLOSE_SECONDS = 0.05


@asynccontextmanager
async def worker_beside(app: FastAPI) -> AsyncGenerator[None]:
    """Deliver messages until the block ends, unless OUTBOX_ENABLED says otherwise."""
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
    """Deliver messages until told to stop; then finish the one in hand.

    Nothing ends it but that: what fails, such as a database out of reach, is tried again.
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
    """Deliver what is due now. Raises what the driver raises."""
    _run(_work_once(settings))


def _run(work: Coroutine[Any, Any, None]) -> None:
    # On Windows the default loop is one that not every driver can use.
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
        # A driver with a thread of its own tells the loop when it ends; the loop must hear that.
        await asyncio.sleep(DRIVER_CLOSE_SECONDS)
