"""The service on a real port, for tests that need real requests at the same time."""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from httpx2 import Client, Limits, Response

from tests.patience import wait_until
# {% if auth != "none" %}
from tests.staff import HEADERS
# {% endif %}

REQUEST_SECONDS = 30


@dataclass(frozen=True)
class LiveService:
    """A running service and a client that any number of threads may use."""

    app: FastAPI
    client: Client

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
        with Client(base_url=url, limits=limits, timeout=REQUEST_SECONDS) as client:
            # {% if auth != "none" %}
            client.headers.update(HEADERS)
            # {% endif %}
            yield LiveService(app, client)
    finally:
        server.should_exit = True
        thread.join()
