"""A service with REDIS_URL: its processes count attempts together, and outlive the Redis."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import URL

from tests.support import servers
from tests.support.matrix import Combination, all_combinations, as_parameters
from tests.support.running import Running, free_port, running
from tests.support.services import UV, Services, environment, run

REDIS = shutil.which("redis-server")
pytestmark = pytest.mark.heavy
PASSWORD = "a-password-of-redis"  # noqa: S105
START_SECONDS = 10
# How long a service leaves a Redis alone that failed, and some more.
PAUSE_SECONDS = 15
LET_IN, REFUSED = 200, 429
# The service, and a route that only counts attempts.
PROBE = """
from app.auth.rate_limit import rate_limit_by_email
from app.main import create_app


def build():
    app = create_app()
    app.add_api_route("/try", lambda: None, methods=["POST"], dependencies=[rate_limit_by_email])
    return app
"""
LIMITED = [
    one
    for one in all_combinations()
    if one.auth == "jwt" and one.example == "none" and one.repository
    if one.database not in servers.DEFAULTS
]


def require_redis() -> None:
    """Skip the test where Redis is missing; under CI, fail."""
    if REDIS is None:
        reason = "no redis-server; on Debian, `apt-get install redis-server` brings it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def url_of(port: int) -> str:
    """Return REDIS_URL for the server on a port."""
    return f"redis://:{PASSWORD}@127.0.0.1:{port}/0"


@contextmanager
def redis_server(port: int, folder: Path) -> Generator[Redis]:
    """Start an empty Redis on a port, give a client, stop it."""
    options = f"--port {port} --bind 127.0.0.1 --requirepass {PASSWORD} --dir {folder}".split()
    log = (folder / "redis.log").open("a")
    command = [str(REDIS), *options, "--save", ""]
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        client = Redis.from_url(url_of(port))
        wait_until(lambda: answers(client), START_SECONDS)
        yield client
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def answers(client: Redis) -> bool:
    """Tell whether a Redis does its work."""
    try:
        return bool(client.ping())
    except RedisError:
        return False


def wait_until(condition: Callable[[], object], seconds: float) -> None:
    """Return when something holds. Raises AssertionError in vain."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come to hold"
        time.sleep(0.2)


@contextmanager
def limited(service: Path, folder: Path, url: URL, port: int) -> Generator[Running]:
    """Run the service with its route that counts."""
    (folder / "probe.py").write_text(PROBE)
    env = {"DATABASE_URL": url.render_as_string(hide_password=False), "REDIS_URL": url_of(port)}
    command = (UV, "run", "uvicorn", "--factory", "probe:build", "--app-dir", f"{folder}", "--port")
    with running(service, folder, env, command) as service_running:
        yield service_running


def attempt(service: Running, email: str) -> int:
    """Send an attempt at an account; return the status."""
    return service.client.post("/try", json={"email": email}).status_code


@pytest.fixture
def database(chosen: Combination, services: Services, tmp_path: Path) -> Generator[URL]:
    """A database with the schema of the service."""
    require_redis()
    with servers.fresh_database(chosen.database, tmp_path) as url:
        env = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        run(UV, "run", "app", "db", "upgrade", cwd=services.install(chosen), env=env)
        yield url


@pytest.mark.parametrize("chosen", as_parameters(LIMITED))
def test_processes_share_counters_without_storing_addresses(
    chosen: Combination,
    services: Services,
    database: URL,
    tmp_path: Path,
) -> None:
    service, port = services.install(chosen), free_port()
    with (
        redis_server(port, tmp_path) as redis,
        limited(service, tmp_path, database, port) as one,
        limited(service, tmp_path, database, port) as other,
    ):
        with ThreadPoolExecutor(30) as pool:
            turns = [one, other] * 15
            statuses = list(pool.map(lambda turn: attempt(turn, "many@example.com"), turns))
        refused = other.client.post("/try", json={"email": "Many@example.com"})
        stored = " ".join(f"{key!r}" for key in redis.scan_iter())

    assert sorted(statuses) == [LET_IN] * 10 + [REFUSED] * 20
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert stored
    assert "many" not in stored
    assert "127.0.0.1" not in stored


@pytest.mark.parametrize("chosen", as_parameters(LIMITED))
def test_processes_count_alone_while_redis_is_down(
    chosen: Combination,
    services: Services,
    database: URL,
    tmp_path: Path,
) -> None:
    port = free_port()
    with limited(services.install(chosen), tmp_path, database, port) as service:
        with redis_server(port, tmp_path) as redis:
            attempt(service, "before@example.com")
            stored_before = redis.dbsize()
        without = [attempt(service, "without@example.com") for _ in range(12)]
        log = service.log
        with redis_server(port, tmp_path) as redis:
            wait_until(
                lambda: attempt(service, "after@example.com") and redis.dbsize(),
                PAUSE_SECONDS,
            )

    assert stored_before
    assert without == [LET_IN] * 10 + [REFUSED] * 2
    assert log.count("Redis fails; each process counts attempts for itself") == 1
    assert "Traceback" not in service.log
    assert PASSWORD not in service.log


@pytest.mark.parametrize("chosen", as_parameters(LIMITED[:1]))
def test_service_without_the_redis_package_refuses_to_start(
    chosen: Combination,
    services: Services,
) -> None:
    service = services.install(chosen)
    isolated = (UV, "run", "--isolated", "--no-dev")
    env = {"REDIS_URL": url_of(1)}

    refused = subprocess.run(
        [*isolated, "app", "serve", "--port", "0"],
        cwd=service,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert refused.returncode == 1
    assert "REDIS_URL: needs a package that is not installed; run `uv sync --extra redis`" in (
        refused.stderr
    )
    assert PASSWORD not in refused.stderr
    # With it, the same command line works.
    run(*isolated, "--extra", "redis", "app", "openapi", cwd=service, env=env)
