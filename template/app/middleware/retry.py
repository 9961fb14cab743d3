"""Retry requests after a transient failure of the database."""

import logging
import time
from collections.abc import Mapping
from itertools import count
from random import SystemRandom
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.errors import transient_failure

logger = logging.getLogger(__name__)

FIRST_PAUSE = 0.02
MAX_PAUSE = 1
# No attempt starts later than this after the first one.
MAX_RETRY_SECONDS = 10
SAFE = {"GET", "HEAD", "OPTIONS"}
RANDOM = SystemRandom()


class Retry:
    """Retry requests whose transaction failed: deadlocks, closed connections, a restart.

    The request is the unit of retry, because its reads are as invalid as its writes. It is retried
    only before any part of a response was sent, and only if its changes were certainly not stored,
    or can safely be stored twice.
    """

    def __init__(self, app: ASGIApp, retries: int) -> None:
        self.app = app
        self.retries = retries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = Recording(receive)
        deadline = time.monotonic() + MAX_RETRY_SECONDS
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        for number in count():
            # Routes keep state about this attempt in it.
            state = dict(scope.get("state", {}))
            try:
                await self.app({**scope, "state": state}, body.replay(), send_and_note)
            except Exception as error:
                wait = pause(number)
                last = number == self.retries or time.monotonic() + wait > deadline
                if last or started or not may_repeat(error, scope["method"], state):
                    raise
                first_line = f"{error}".partition("\n")[0]
                logger.warning("the transaction failed and is retried: %s", first_line)
            else:
                return
            await anyio.sleep(wait)


class Recording:
    """Messages of a client, kept for the next attempt. BodyLimit bounds them."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.messages: list[Message] = []

    def replay(self) -> Receive:
        """Return a receive function that starts from the beginning."""
        given = 0

        async def receive() -> Message:
            nonlocal given
            # Counted on arrival: a receive that is cancelled can be called again.
            if given == len(self.messages):
                self.messages.append(await self.receive())
            given += 1
            return self.messages[given - 1]

        return receive


def may_repeat(error: Exception, method: str, state: Mapping[str, Any]) -> bool:
    """Tell whether a request can be retried after this error.

    After a connection is lost during COMMIT it is unknown whether the change was stored. Then only
    reads and idempotent requests are retried.
    """
    failure = transient_failure(error)
    if failure == "lost" and state.get("commit_sent"):
        return method in SAFE or bool(state.get("repeatable"))
    return failure is not None


def pause(number: int) -> float:
    """Seconds to wait after an attempt: exponential backoff with jitter."""
    return min(FIRST_PAUSE * 2.0**number, MAX_PAUSE) * RANDOM.uniform(0.5, 1)
