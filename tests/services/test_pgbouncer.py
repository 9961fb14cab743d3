"""A service behind PgBouncer: with DATABASE_POOL_PROFILE=none no request notices it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.support import servers
from tests.support.matrix import Combination, all_combinations, as_parameters, one_of_each
from tests.support.running import add_staff, free_port, running
from tests.support.services import UV, Services, run

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.heavy
CLIENTS = 20
# The account of Unix that owns no file.
UNPRIVILEGED = "nobody"
REQUESTS = 200
# Nothing is tuned in favour of the service: prepared statements and start-up options fail here.
CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
"""
SHOPS = [
    one
    for one in all_combinations()
    if one.database == "postgresql" and one.example == "shop" and one.repository
]
BEHIND = one_of_each(SHOPS, "auth")


def require_pgbouncer() -> None:
    """Skip the test where PgBouncer is missing; under CI, fail."""
    if PGBOUNCER is None:
        reason = "no pgbouncer; on Debian, `apt-get install pgbouncer` brings it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@contextmanager
def pgbouncer(url: URL) -> Generator[URL]:
    """Start PgBouncer in front of a server, give the URL through it, stop it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        server = {"host": url.host or "127.0.0.1", "port": url.port or 5432}
        text = CONFIGURATION.format(folder=folder, listen_port=port, **server)
        (folder / "ini").write_text(text)
        (folder / "users").write_text(f'"{url.username}" "{url.password or ""}"\n')
        process = subprocess.Popen([str(PGBOUNCER), "-q", *without_root(folder), f"{folder}/ini"])
        try:
            time.sleep(1)
            assert process.poll() is None, "PgBouncer did not start"
            yield url.set(host="127.0.0.1", port=port)
        finally:
            process.terminate()
            process.wait(10)


def without_root(folder: Path) -> list[str]:
    """Return the option that makes PgBouncer run without root, which it insists on."""
    if os.getuid():
        return []
    unprivileged = pwd.getpwnam(UNPRIVILEGED).pw_uid
    for path in (folder, *folder.iterdir()):
        os.chown(path, unprivileged, -1)
    return ["-u", UNPRIVILEGED]


@pytest.mark.parametrize("chosen", as_parameters(BEHIND))
def test_no_request_fails_behind_pgbouncer(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(chosen.database)
    require_pgbouncer()
    service = services.install(chosen)
    with servers.fresh_database(chosen.database, tmp_path) as url, pgbouncer(url) as through:
        direct = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        run(UV, "run", "app", "db", "upgrade", cwd=service, env=direct)
        headers = add_staff(chosen, service, direct)
        env = {
            "DATABASE_URL": through.render_as_string(hide_password=False),
            "DATABASE_POOL_PROFILE": "none",
        }
        with running(service, tmp_path, env, headers=headers) as service_running:
            paths = ["/products?search=a", "/categories", "/health/ready", "/categories/tree"]
            read = service_running.at_once("GET", paths * (REQUESTS // len(paths)), CLIENTS)
            slugs = [f"c{number}" for number in range(CLIENTS)]
            written = [
                service_running.client.post("/categories", json={"name": slug, "slug": slug})
                for slug in slugs
            ]

    assert {response.status_code for response in read} == {200}
    assert {response.status_code for response in written} == {201}
