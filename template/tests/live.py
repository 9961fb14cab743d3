"""The service on a real port, for tests that need real requests at the same time."""

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from httpx2 import Client, Limits, Response

START_SECONDS = 10
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
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_until_started(server)
        port = server.servers[0].sockets[0].getsockname()[1]
        limits = Limits(max_connections=None, max_keepalive_connections=None)
        url = f"http://127.0.0.1:{port}"
        with Client(base_url=url, limits=limits, timeout=REQUEST_SECONDS) as client:
            yield LiveService(app, client)
    finally:
        server.should_exit = True
        thread.join()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the service did not start")
        time.sleep(0.01)
