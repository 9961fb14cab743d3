"""A crowd of strangers waits for the database and for mail, and takes nobody else's turn."""

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from httpx2 import Response

from app.auth.mail import Mail
from app.config import Settings
from app.main import create_app
from tests.auth.holding import released, router
from tests.auth.people import PASSWORD
from tests.auth.swapping import swapped
from tests.databases import migrated_database
from tests.factories import user_data
from tests.live import LiveService, serve
from tests.patience import PATIENCE_SECONDS, wait_until

# More than there are threads.
STRANGERS = 60
TOKEN = {"token": "x", "password": PASSWORD}
REQUESTS = {
    "/auth/login": {"email": "someone@example.com", "password": PASSWORD},
    "/auth/password/forgot": {"email": "someone@example.com"},
    "/auth/password/reset": TOKEN,
    # {% if auth == "jwt" %}
    "/auth/refresh": {"refresh_token": "x"},
    # {% endif %}
    "/auth/verify": {"token": "x"},
    "/auth/verify/request": {"email": "someone@example.com"},
}


def take_a_thread() -> None:
    """Answer, from a thread in any service."""


@pytest.fixture(scope="module")
def database() -> Generator[Settings]:
    """A database that no other test sees."""
    with migrated_database() as settings:
        yield settings


@pytest.fixture
def service(database: Settings) -> Generator[LiveService]:
    """A service with one connection."""
    one = {"database_pool_size": 1, "database_pool_max_overflow": 0, "database_pool_timeout": 20}
    app = create_app(database.model_copy(update=one))
    app.include_router(router)
    app.add_api_route("/thread", take_a_thread)
    released.clear()
    with serve(app) as live:
        yield live
        released.set()


def attempts(live: LiveService) -> int:
    """Return how many attempts were counted."""
    return sum(map(len, live.app.state.limiter.memory.storage.events.values()))


class SlowHasher:
    """A hasher that takes its time."""

    def verify(self, _hash: str, _password: str) -> bool:
        """Wait."""
        return released.wait(PATIENCE_SECONDS)

    def check_needs_rehash(self, _hash: str) -> bool:
        """Tell that all hashes are fine."""
        return False


class SlowMailer:
    """A sender whose server does not answer."""

    def send(self, _mail: Mail) -> None:
        """Wait."""
        released.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("path", REQUESTS)
def test_strangers_who_wait_for_a_connection_take_no_threads(
    service: LiveService,
    path: str,
) -> None:
    def ask(_number: int) -> Response:
        return service.client.post(path, json=REQUESTS[path])

    with ThreadPoolExecutor(STRANGERS + 1) as pool:
        holding = pool.submit(service.client.get, "/hold")
        wait_until(lambda: service.app.state.engine.pool.checkedout() == 1)
        asked = [pool.submit(ask, number) for number in range(STRANGERS)]
        wait_until(lambda: attempts(service) >= STRANGERS // 2)
        # Until each waits for whatever it waits for.
        time.sleep(1)
        try:
            response = service.client.get("/thread", timeout=5)
        finally:
            released.set()

    assert response.status_code == 200
    assert holding.result().status_code == 200
    assert {one.result().status_code for one in asked} <= {202, 401, 422}


def test_strangers_who_wait_for_a_hash_leave_sessions_to_others(database: Settings) -> None:
    few = {"database_pool_size": 2, "database_pool_max_overflow": 0, "database_pool_timeout": 20}
    app = create_app(database.model_copy(update=few))
    app.state.passwords.hasher = SlowHasher()
    released.clear()
    with serve(app) as live, ThreadPoolExecutor(STRANGERS) as pool:
        login = partial(live.client.post, "/auth/login", json=REQUESTS["/auth/login"])
        asked = [pool.submit(login) for _ in range(STRANGERS)]
        wait_until(lambda: attempts(live) >= STRANGERS // 2)
        try:
            response = live.client.get("/users", timeout=5)
        finally:
            released.set()

    assert response.status_code == 200
    assert {one.result().status_code for one in asked} == {401}


def test_mail_that_does_not_leave_takes_few_threads(service: LiveService) -> None:
    with swapped(service.app, mailer=SlowMailer()):
        register = partial(service.client.post, "/auth/register", timeout=5)
        try:
            asked = [register(json=user_data(password=PASSWORD)) for _ in range(STRANGERS)]
            response = service.client.get("/thread", timeout=5)
        finally:
            released.set()

    assert {one.status_code for one in asked} == {202}
    assert response.status_code == 200
