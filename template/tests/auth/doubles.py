# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Doubles of what the application uses, and routes that only tests have."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

# {% if concurrency == "async" %}
from anyio import to_thread
# {% endif %}
from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI
from httpx2 import Response
from sqlalchemy import literal, select

from app.auth.email import Mail
from app.auth.rate_limit import rate_limit_by_email
from app.config import Settings
from app.dependencies import SessionDep
from app.main import create_app
from tests.live import TIMEOUT_SECONDS, LiveService

# A token stands alone on its line.
TOKEN = re.compile(r"^[\w-]{43}$", re.MULTILINE)
holding_router = APIRouter()
released = Event()
# What the routes of `build_limited_app` answer.
ALLOWED = 204
REFUSED = 429
LIMITS = {"rate_limit_per_account": "10/minute", "rate_limit_per_address": "30/minute"}
# The tests are the proxy, so they can name the address of the caller.
BEHIND_A_PROXY = {"trusted_proxies": "127.0.0.1"}
PATHS = ("/try", "/other")


@contextmanager
def override_state(app: FastAPI, **values: Any) -> Generator[None]:
    """Replace values of `app.state` until the block ends."""
    before = {name: app.state[name] for name in values}
    for name, value in values.items():
        app.state[name] = value
    try:
        yield
    finally:
        for name, value in before.items():
            app.state[name] = value


@dataclass
class Mailbox:
    """A mailer that keeps all mail, so that a test can read it as its recipient would."""

    sent: list[Mail] = field(default_factory=list[Mail])

    def send(self, mail: Mail) -> None:
        """Keep a mail."""
        self.sent.append(mail)

    def subjects(self, recipient: str) -> list[str]:
        """Subjects of the mails to a recipient."""
        mails = [mail for mail in self.sent if mail.recipient == recipient]
        return [mail.subject.partition(": ")[2] for mail in mails]

    def token(self, recipient: str) -> str:
        """Token in the last mail to a recipient."""
        texts = [mail.text for mail in self.sent if mail.recipient == recipient]
        found: list[str] = TOKEN.findall(texts[-1])
        return found[0]


@dataclass
class CountingHasher:
    """A hasher that records each call, with what `look` sees at that moment."""

    hasher: PasswordHasher
    look: Callable[[], Any] = int
    seen: list[Any] = field(default_factory=list[Any])

    def hash(self, password: str) -> str:
        """Hash as the real one does."""
        self.seen.append(self.look())
        return self.hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Compare as the real one does."""
        self.seen.append(self.look())
        return self.hasher.verify(password_hash, password)

    def check_needs_rehash(self, password_hash: str) -> bool:
        """Answer as the real one does."""
        return self.hasher.check_needs_rehash(password_hash)


@holding_router.get("/hold")
async def hold_a_connection(session: SessionDep) -> None:
    """Hold a connection until a test releases it."""
    await session.execute(select(literal(1)))
    # {% if concurrency == "async" %}
    await to_thread.run_sync(released.wait, TIMEOUT_SECONDS)
    # {% else %}
    released.wait(TIMEOUT_SECONDS)
    # {% endif %}


def build_limited_app(settings: Settings, **changes: object) -> FastAPI:
    """Build an application with these routes, and with settings that differ."""
    app = create_app(settings.model_copy(update={**LIMITS, **BEHIND_A_PROXY, **changes}))
    for path in PATHS:
        app.add_api_route(
            path,
            allow,
            methods=["POST"],
            dependencies=[rate_limit_by_email],
            status_code=ALLOWED,
        )
    return app


def allow() -> None:
    """Answer an attempt within the limits."""


@dataclass(frozen=True)
class Caller:
    """A client that calls from an address."""

    service: LiveService
    host: str

    def attempt(self, email: str | None = None, path: str = "/try") -> Response:
        """Send an attempt, at an account or at none."""
        body = {} if email is None else {"email": email}
        return self.service.client.post(path, json=body, headers={"X-Forwarded-For": self.host})

    def attempts(self, times: int, email: str | None = None, path: str = "/try") -> list[int]:
        """Send attempts one after the other; return the statuses."""
        return [self.attempt(email, path).status_code for _ in range(times)]
# {% endcall %}
