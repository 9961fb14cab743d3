"""Mail that a request sends once it is answered: nobody waits for it."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request

from app.auth.delivery import Find, deliver, deliver_found
from app.auth.mail import Mail


class BackgroundMailer:
    """Takes mail while a request is handled."""

    def __init__(self, request: Request, background: BackgroundTasks) -> None:
        self.request = request
        self.background = background

    def put(self, mail: Mail) -> None:
        """Send a mail."""
        self.background.add_task(deliver, self.request.app, mail)

    def put_found(self, find: Find, email: str) -> None:
        """Look for whether there is somebody to write to at an address, and do."""
        self.background.add_task(deliver_found, self.request, find, email)


Post = Annotated[BackgroundMailer, Depends()]
