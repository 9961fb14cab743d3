"""A service that runs: started as its owner starts it, asked over HTTP, ended by a signal."""

import signal
import socket
import subprocess
import time
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx2 import Client, Response, TransportError

from tests.services import UV, environment

START_SECONDS = 60
STOP_SECONDS = 30
SERVE = (UV, "run", "app", "serve", "--port")
# uvloop is not among a service's packages; whoever adds it may do this.
SERVE_ON_UVLOOP = (
    *(UV, "run", "--with", "uvloop", "uvicorn", "--factory", "app.main:create_app"),
    *("--loop", "uvloop", "--port"),
)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    """A service that answers."""

    process: subprocess.Popen[bytes]
    client: Client
    log_file: Path

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.log_file.read_text(encoding="utf-8")

    def at_once(
        self, method: str, paths: list[str], clients: int, **options: Any
    ) -> list[Response]:
        """Send requests from several clients, each with connections of its own."""

        def ask(path: str) -> Response:
            with Client(base_url=self.client.base_url, timeout=60) as client:
                return client.request(method, path, **options)

        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(ask, paths))

    def stop(self) -> int:
        """Ask it to end, as a container platform does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def running(
    service: Path,
    folder: Path,
    env: Mapping[str, str],
    command: tuple[str, ...] = SERVE,
) -> Generator[Running]:
    """Start a service and give it once it is ready; end it if the test has not done so."""
    port = free_port()
    log = folder / f"service-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, str(port)],
            cwd=service,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    with Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        service_running = Running(process, client, log)
        try:
            wait_until_ready(service_running)
            yield service_running
        finally:
            if process.poll() is None:
                service_running.stop()


def wait_until_ready(service: Running) -> None:
    """Return when the service can do its work. Raises AssertionError with its log in vain."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.process.poll() is None:
        try:
            if service.client.get("/health/ready").is_success:
                return
        except TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{service.log}")
