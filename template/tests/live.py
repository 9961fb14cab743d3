"""The service on a real port, for real requests at the same time; settings of production."""

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from httpx2 import Client, Limits, Response

from tests.credentials import STAFF_HEADERS

REQUEST_SECONDS = 30
# Only a test that fails waits so long.
TIMEOUT_SECONDS = 30
# What production needs beside a database of its own.
PRODUCTION = {
    "ENVIRONMENT": "production",
    # {% if auth != "none" %}
    "MAIL_SENDER": "smtp",
    "PUBLIC_URL": "https://shop.example",
    # {% endif %}
    # {% if auth == "jwt" %}
    "JWT_KEYS": '{"2026-11": "a key that is long enough, and known to tests only"}',
    # {% endif %}
}


@dataclass(frozen=True)
class LiveService:
    """A running service and its clients, which many threads can use at the same time."""

    app: FastAPI
    client: Client
    staff_client: Client

    def at_once(self, request: Callable[[int], Response], times: int) -> list[Response]:
        """Send a request from as many threads at the same time; return the responses."""
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(request, range(times)))


@contextmanager
def serve(app: FastAPI) -> Generator[LiveService]:
    """Serve the app on a free port until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    # {% if auth != "none" %}
    # As in app/cli.py.
    server.config.proxy_headers = False
    # {% endif %}
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        limits = Limits(
            max_connections=None,
            max_keepalive_connections=None,
            # The server ends what was idle for 5 seconds, maybe while a request is on its way.
            keepalive_expiry=1,
        )
        url = f"http://127.0.0.1:{port}"
        with (
            Client(base_url=url, limits=limits, timeout=REQUEST_SECONDS) as client,
            Client(base_url=url, limits=limits, timeout=REQUEST_SECONDS) as staff_client,
        ):
            staff_client.headers.update(STAFF_HEADERS)
            yield LiveService(app, client, staff_client)
    finally:
        server.should_exit = True
        thread.join()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true; fail after the timeout."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.02)
