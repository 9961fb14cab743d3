"""A service works as its owner uses it: migrate, serve, ask, stop, and survive what happens."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client, Response
from sqlalchemy import URL

from tests.support import servers
from tests.support.matrix import Combination, all_combinations, as_parameters, one_of_each
from tests.support.proxy import Relay, relay
from tests.support.running import (
    OWNER,
    SERVE,
    SERVE_ON_UVLOOP,
    Running,
    add_owner,
    add_staff,
    running,
    signed_in,
)
from tests.support.services import UV, Services, environment, run

pytestmark = pytest.mark.heavy
REPLICAS = 4
CLIENTS = 10
# Where a URL leaves the port out.
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}
PAGE = {"items", "total", "page", "page_size", "pages", "has_next", "has_previous"}
PROBLEM = {"type", "title", "status", "detail", "instance"}
ALL_SHOPS = [one for one in all_combinations() if one.example == "shop" and one.repository]
SHOPS = one_of_each(ALL_SHOPS, "database", "concurrency")
WITH_A_SERVER = [one for one in SHOPS if one.database in servers.DEFAULTS]
WITH_A_SERVER_ASYNC = [one for one in WITH_A_SERVER if one.concurrency == "async"]
ON_A_FILE = next(one for one in SHOPS if one.database not in servers.DEFAULTS)


def variables(url: URL) -> dict[str, str]:
    """Return the environment that leads a service to a database."""
    return {"DATABASE_URL": url.render_as_string(hide_password=False)}


def app(service: Path, *arguments: str, env: dict[str, str]) -> str:
    """Run the service's own command."""
    return run(UV, "run", "app", *arguments, cwd=service, env=env)


def test_service_migrates_starts_answers_and_stops(
    covering_combination: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(covering_combination.database)
    service = services.install(covering_combination)
    with servers.fresh_database(covering_combination.database, tmp_path) as url:
        app(service, "db", "upgrade", env=variables(url))
        app(service, "db", "check", env=variables(url))
        if covering_combination.auth != "none":
            add_owner(service, variables(url))
        with running(service, tmp_path, variables(url)) as service_running:
            ask_about_itself(service_running.client)
            if covering_combination.auth != "none":
                check_authentication(service_running.client)
            if covering_combination.example == "shop":
                ask_the_shop(service_running.client)
            service_running.stop()

    assert "Application shutdown complete" in service_running.log
    assert "Traceback" not in service_running.log


def check_authentication(client: Client) -> None:
    """Fail unless only a user with a session is known. The client stays signed in."""
    assert_problem(client.get("/users"), 401)
    assert_problem(client.post("/auth/login", json=OWNER | {"password": "x" * 15}), 401)
    client.headers.update(signed_in(client))
    assert client.get("/auth/me").json()["username"] == "owner"
    assert client.get("/users").json()["total"] == 1
    client.post("/auth/logout")
    assert_problem(client.get("/auth/me"), 401)
    client.headers.update(signed_in(client))


def ask_about_itself(client: Client) -> None:
    """Fail unless the service tells what the contract promises of every service."""
    assert client.get("/").json()["name"] == "My Service"
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert client.get("/docs").status_code == 200
    assert_problem(client.get("/health/db"), 404)
    assert_problem(client.get("/nowhere"), 404)


def assert_problem(response: Response, status: int) -> None:
    """Fail unless the response is an error in the one shape of errors."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(response.json()) >= PROBLEM
    assert response.json()["status"] == status


def ask_the_shop(client: Client) -> None:
    """Fail unless categories and products can be written and read."""
    category = created(client, "/categories", {"name": "Books", "slug": "books"})
    product = {"name": "Emma", "slug": "emma", "sku": "B-1", "price": "9.9"}
    found = created(client, "/products", product | {"category_id": category["id"]})
    assert (found["price"], found["stock_quantity"], found["is_active"]) == ("9.90", 0, True)
    where = f"/products/{found['id']}"

    for path in (where, "/products/slug/emma", "/products/sku/B-1"):
        assert client.get(path).json()["id"] == found["id"]
    for path in ("/products?search=EMM", f"/categories/{category['id']}/products"):
        page = client.get(path).json()
        assert set(page) == PAGE
        assert [item["id"] for item in page["items"]] == [found["id"]]
    assert client.get("/categories/tree").status_code == 200

    assert client.patch(where, json={"price": "5"}).json()["price"] == "5.00"
    assert client.put(where, json=product | {"sku": "B-2"}).json()["sku"] == "B-2"
    assert_problem(client.post("/products", json=product | {"sku": "B-3"}), 409)
    assert_problem(client.post("/products", json=product | {"price": -1}), 422)
    assert_problem(client.get("/products?page=0"), 422)
    assert client.delete(where).status_code == 204
    assert_problem(client.get(where), 404)


def created(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send a body that makes something, and return what its address gives."""
    response = client.post(path, json=body)
    assert response.status_code == 201
    stored: dict[str, Any] = client.get(response.headers["Location"]).json()
    return stored


@pytest.mark.parametrize("chosen", as_parameters(WITH_A_SERVER_ASYNC))
def test_replicas_can_migrate_at_the_same_time(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    servers.require(chosen.database)
    service = services.install(chosen)
    with reachable_database(chosen, tmp_path) as (url, between):
        with between.together(REPLICAS, seconds=60):
            replicas = [start_upgrade(service, variables(url)) for _ in range(REPLICAS)]
        ended = [(replica.communicate(timeout=120)[0], replica.returncode) for replica in replicas]

        assert [output for output, code in ended if code] == []
        assert "(head)" in app(service, "db", "current", env=variables(url))
        app(service, "db", "check", env=variables(url))


def test_processes_can_migrate_one_file_at_the_same_time(
    services: Services, tmp_path: Path
) -> None:
    service = services.install(ON_A_FILE)
    with servers.fresh_database(ON_A_FILE.database, tmp_path) as url:
        replicas = [start_upgrade(service, variables(url)) for _ in range(REPLICAS)]
        ended = [(replica.communicate(timeout=120)[0], replica.returncode) for replica in replicas]

        assert [output for output, code in ended if code] == []
        app(service, "db", "check", env=variables(url))


def start_upgrade(service: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    """Begin a migration and go on."""
    return subprocess.Popen(
        [service / ".venv/bin/app", "db", "upgrade"],
        cwd=service,
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def reachable_database(chosen: Combination, folder: Path) -> Generator[tuple[URL, Relay]]:
    """Give an empty database that is reached through a relay."""
    with servers.fresh_database(chosen.database, folder) as url:
        port = url.port or PORTS[chosen.database]
        with relay(url.host or "127.0.0.1", port) as between:
            yield url.set(host="127.0.0.1", port=between.port), between


@pytest.mark.parametrize("chosen", as_parameters(WITH_A_SERVER))
def test_connections_cut_while_idle_are_replaced(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    survive_a_cut(chosen, services, tmp_path, SERVE)


@pytest.mark.parametrize("chosen", as_parameters(WITH_A_SERVER_ASYNC))
def test_connections_cut_while_idle_are_replaced_on_uvloop(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
) -> None:
    survive_a_cut(chosen, services, tmp_path, SERVE_ON_UVLOOP)


def survive_a_cut(
    chosen: Combination,
    services: Services,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    """Fail unless requests are answered after a cut as if nothing had happened.

    The server says so when it ends a connection; a firewall says nothing.
    """
    servers.require(chosen.database)
    service = services.install(chosen)
    with reachable_database(chosen, tmp_path) as (url, between):
        app(service, "db", "upgrade", env=variables(url))
        headers = add_staff(chosen, service, variables(url))
        with running(service, tmp_path, variables(url), command, headers) as service_running:
            statuses = [asked(service_running, "first")]
            ended = servers.cut(chosen.database, str(url.database))
            statuses.append(asked(service_running, "second"))
            cut = between.cut()
            statuses.append(asked(service_running, "third"))

    assert statuses == [{200, 201}] * 3
    assert ended > 1
    assert cut > 1


def asked(service: Running, name: str) -> set[int]:
    """Write and then read with several clients at once, and return the statuses."""
    written = service.client.post("/categories", json={"name": name, "slug": name})
    read = service.at_once("GET", ["/products", "/health/ready"] * CLIENTS, CLIENTS)
    return {response.status_code for response in [*read, written]}
