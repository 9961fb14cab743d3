"""Run a request again when the database ended its transaction for a reason that passes."""

import logging
import time
from collections.abc import Mapping
from itertools import count
from random import SystemRandom
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database.failures import transient_failure

logger = logging.getLogger(__name__)

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1
# No attempt begins later than this after the first one, in seconds.
PATIENCE = 10
SAFE = {"GET", "HEAD", "OPTIONS"}
RANDOM = SystemRandom()


class Retry:
    """Repeat requests whose transaction came to nothing: deadlocks, cut connections, a restart.

    The request is the unit, because what it read before is as void as what it wrote. It is
    repeated only while nothing of an answer has left, and only where its changes surely were not
    stored, or where it does no harm to store them twice.
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
        deadline = time.monotonic() + PATIENCE
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        for number in count():
            # What routes note about an attempt holds for this attempt only.
            state = dict(scope.get("state", {}))
            try:
                await self.app({**scope, "state": state}, body.replay(), send_and_note)
            except Exception as error:
                wait = pause(number)
                last = number == self.retries or time.monotonic() + wait > deadline
                if last or started or not may_repeat(error, scope["method"], state):
                    raise
                first_line = f"{error}".partition("\n")[0]
                logger.warning("the transaction came to nothing: %s", first_line)
            else:
                return
            await anyio.sleep(wait)


class Recording:
    """What a client has sent, kept so that it can be received again. BodyLimit bounds it."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.messages: list[Message] = []

    def replay(self) -> Receive:
        """Return a receive that gives everything from the beginning."""
        given = 0

        async def receive() -> Message:
            nonlocal given
            # Counted when it is here: who asks for a message may lose patience and ask again.
            if given == len(self.messages):
                self.messages.append(await self.receive())
            given += 1
            return self.messages[given - 1]

        return receive


def may_repeat(error: Exception, method: str, state: Mapping[str, Any]) -> bool:
    """Tell whether a request that ended so may be run again.

    A connection that is lost during COMMIT leaves open whether the change was stored. Then only
    requests may be repeated that change nothing, or that know what they have done already.
    """
    failure = transient_failure(error)
    if failure == "lost" and state.get("commit_sent"):
        return method in SAFE or bool(state.get("repeatable"))
    return failure is not None


def pause(number: int) -> float:
    """Return how long to wait after an attempt, in seconds: longer each time, and never alike."""
    max_session_age = min(FIRST_PAUSE * 2.0**number, LONGEST_PAUSE)
    return max_session_age * RANDOM.uniform(0.5, 1)
