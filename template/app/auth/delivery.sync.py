"""Mail that is sent beside the requests: slow or failing, it stops none of them.

Async in any service: what waits here takes no thread of those that serve requests.
"""

import logging
from collections.abc import Callable

from anyio import to_thread
from fastapi import FastAPI, Request

from app.auth.mail import Mail
from app.database.session import turn

# How many mails are on their way at once; the others wait.
MAILS_AT_ONCE = 10

# Finds the mail for an address, where there is somebody to write to.
Find = Callable[[str], Mail | None]

logger = logging.getLogger(__name__)


async def deliver(app: FastAPI, mail: Mail) -> None:
    """Send a mail, or say in the log that it failed, without its text.

    Nothing tries again: who misses a mail asks for another one.
    """
    try:
        await to_thread.run_sync(app.state.mailer.send, mail, limiter=app.state.mail_threads)
    except OSError as error:
        logger.warning("mail %r was not sent: %s", mail.subject, type(error).__name__)


async def deliver_found(request: Request, find: Find, email: str) -> None:
    """Look for whether there is somebody to write to, when it is this request's turn, and do."""
    async with turn(request.app.state.session_slots, request.app.state.settings):
        mail = await to_thread.run_sync(find, email)
    if mail is not None:
        await deliver(request.app, mail)
