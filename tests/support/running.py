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

from httpx2 import Client, Limits, Response, TransportError

from tests.support.matrix import Combination
from tests.support.services import UV, environment, run

START_SECONDS = 60
STOP_SECONDS = 30
SERVE = (UV, "run", "app", "serve", "--port")
# uvloop is not among a service's packages; an owner who adds it can do this.
SERVE_ON_UVLOOP = (
    *(UV, "run", "--with", "uvloop", "uvicorn", "--factory", "app.main:create_app"),
    *("--loop", "uvloop", "--port"),
)
OWNER = {"email": "owner@example.com", "password": "seven green boats on a lake"}
# A user whom no made-up request names, so that none deletes who is asking.
STAFF_ID = 7_000_000_000
# A server ends what was idle for 5 seconds, maybe while a request is on its way.
CLIENT_OPTIONS: dict[str, Any] = {"timeout": 60, "limits": Limits(keepalive_expiry=1)}
ADD_STAFF = f"""
from sqlalchemy.orm import Session
from app.config import load_settings
from app.database.migration import build_migration_engine
from app.models import Role, User, UserCredential
from tests.credentials import STAFF_KEY, api_key

with Session(build_migration_engine(load_settings())) as session:
    session.add(User(id={STAFF_ID}, username="staff", email="staff@example.com"))
    session.flush()
    session.add(UserCredential(user_id={STAFF_ID}, role=Role.STAFF, password_hash=""))
    session.add(api_key({STAFF_ID}, STAFF_KEY))
    session.commit()
print(STAFF_KEY, end="")
"""


def free_port() -> int:
    """Return a free port."""
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
            url, headers = self.client.base_url, self.client.headers
            with Client(base_url=url, headers=headers, **CLIENT_OPTIONS) as client:
                return client.request(method, path, **options)

        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(ask, paths))

    def stop(self) -> int:
        """Ask it to end, as a container platform does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def add_staff(chosen: Combination, service: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Store a user with every permission; return the headers by which a client acts as that user.

    A service without accounts has no such user, and needs none.
    """
    if chosen.auth == "none":
        return {}
    return {"X-API-Key": run(service / ".venv/bin/python", "-c", ADD_STAFF, cwd=service, env=env)}


def add_owner(service: Path, env: dict[str, str]) -> None:
    """Make the first account, as the README of a service says."""
    options = ("--username", "owner", "--staff", "--password-stdin")
    create = (UV, "run", "app", "users", "create", OWNER["email"], *options)
    run(*create, cwd=service, env=env, given=f"{OWNER['password']}\n")


def signed_in(client: Client) -> dict[str, str]:
    """Sign in; return the headers of the session, of either kind."""
    response = client.post("/auth/login", json=OWNER)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    if "access_token" in response.json():
        return {"Authorization": f"Bearer {response.json()['access_token']}"}
    # By hand, because a client takes this cookie over https only.
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    return {"Cookie": cookie, "X-CSRF-Token": response.json()["csrf_token"]}


@contextmanager
def running(
    service: Path,
    folder: Path,
    env: Mapping[str, str],
    command: tuple[str, ...] = SERVE,
    headers: Mapping[str, str] | None = None,
) -> Generator[Running]:
    """Start a service and give it once it is ready; end it if the test has not done so.

    Its client sends the headers with each request.
    """
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
    with Client(base_url=f"http://127.0.0.1:{port}", **CLIENT_OPTIONS, headers=headers) as client:
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
