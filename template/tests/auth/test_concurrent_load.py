# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Many clients at the same time: each succeeds once, and none blocks the others."""

import time
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.email import Mail
from app.auth.passwords import Passwords
from app.auth.tokens import digest_of
from app.config import Settings
from app.database.migration import build_migration_engine
from app.main import create_app
from app.models import EmailToken, TokenPurpose, User, UserCredential
from app.models.base import utc_now
from tests.auth.doubles import CountingHasher, Mailbox, holding_router, override_state, released
from tests.auth.users import (
    ANOTHER_PASSWORD,
    LOGIN,
    PASSWORD,
    add_session,
    add_user,
    login_body,
    session_headers,
)
from tests.clients import open_client
from tests.databases import migrated_database
from tests.factories import user_data
from tests.live import TIMEOUT_SECONDS, LiveService, serve, wait_until

# More than there are threads.
CROWD = 60
CLIENTS = 10
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


def answer_from_a_thread() -> None:
    """Answer from a thread, in async services too."""


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
    app.include_router(holding_router)
    app.add_api_route("/thread", answer_from_a_thread)
    released.clear()
    with serve(app) as live:
        yield live
        released.set()


def attempts(live: LiveService) -> int:
    """Number of attempts that the rate limit has counted."""
    return sum(map(len, live.app.state.rate_limiter.memory.storage.events.values()))


class SlowHasher:
    """A hasher that waits until a test releases it."""

    def verify(self, _hash: str, _password: str) -> bool:
        """Wait."""
        return released.wait(TIMEOUT_SECONDS)

    def check_needs_rehash(self, _hash: str) -> bool:
        """Answer that no hash is outdated."""
        return False


class SlowMailer:
    """A mailer whose server does not answer."""

    def send(self, _mail: Mail) -> None:
        """Wait."""
        released.wait(TIMEOUT_SECONDS)


@pytest.mark.parametrize("path", REQUESTS)
def test_anonymous_requests_that_wait_for_a_connection_block_no_threads(
    service: LiveService,
    path: str,
) -> None:
    def ask(_number: int) -> Response:
        return service.client.post(path, json=REQUESTS[path])

    with ThreadPoolExecutor(CROWD + 1) as pool:
        holding = pool.submit(service.client.get, "/hold")
        wait_until(lambda: service.app.state.engine.pool.checkedout() == 1)
        asked = [pool.submit(ask, number) for number in range(CROWD)]
        wait_until(lambda: attempts(service) >= CROWD // 2)
        # Until each of them waits.
        time.sleep(1)
        try:
            response = service.client.get("/thread", timeout=5)
        finally:
            released.set()

    assert response.status_code == 200
    assert holding.result().status_code == 200
    assert {one.result().status_code for one in asked} <= {202, 401, 422}


def test_logins_that_wait_for_a_hash_hold_no_connections(database: Settings) -> None:
    few = {"database_pool_size": 2, "database_pool_max_overflow": 0, "database_pool_timeout": 20}
    app = create_app(database.model_copy(update=few))
    app.state.passwords.hasher = SlowHasher()
    released.clear()
    with serve(app) as live, ThreadPoolExecutor(CROWD) as pool:
        login = partial(live.client.post, "/auth/login", json=REQUESTS["/auth/login"])
        asked = [pool.submit(login) for _ in range(CROWD)]
        wait_until(lambda: attempts(live) >= CROWD // 2)
        try:
            response = live.staff_client.get("/users", timeout=5)
        finally:
            released.set()

    assert response.status_code == 200
    assert {one.result().status_code for one in asked} == {401}


def test_a_slow_mail_server_blocks_few_threads(service: LiveService) -> None:
    with override_state(service.app, mailer=SlowMailer()):
        register = partial(service.client.post, "/auth/register", timeout=5)
        try:
            asked = [register(json=user_data(password=PASSWORD)) for _ in range(CROWD)]
            response = service.client.get("/thread", timeout=5)
        finally:
            released.set()

    assert {one.status_code for one in asked} == {202}
    assert response.status_code == 200


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def add_token(live: LiveService, purpose: TokenPurpose) -> tuple[int, str]:
    """Store a user with credentials and a token; return the id and the token."""
    names = user_data()
    with Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**names)
        session.add(user)
        session.flush()
        token = EmailToken(
            user_id=user.id,
            purpose=purpose,
            digest=digest_of(names["username"]),
            expires_at=utc_now() + timedelta(hours=1),
        )
        session.add_all([UserCredential(user_id=user.id, password_hash=""), token])
        session.commit()
        return user.id, names["username"]


def test_one_of_many_simultaneous_verifications_succeeds(live: LiveService) -> None:
    _, token = add_token(live, TokenPurpose.VERIFY)

    responses = live.at_once(
        lambda _number: live.client.post("/auth/verify", json={"token": token}),
        CLIENTS,
    )

    assert statuses(responses) == {204: 1, 422: CLIENTS - 1}


def test_one_of_many_simultaneous_password_resets_succeeds(live: LiveService) -> None:
    _, token = add_token(live, TokenPurpose.RESET)
    data = {"token": token, "password": ANOTHER_PASSWORD}

    responses = live.at_once(
        lambda _number: live.client.post("/auth/password/reset", json=data),
        CLIENTS,
    )

    assert statuses(responses) == {204: 1, 422: CLIENTS - 1}


def test_simultaneous_registrations_create_one_user_and_get_the_same_response(
    live: LiveService,
) -> None:
    email = user_data()["email"]

    def register(_number: int) -> Response:
        data = user_data(email=email, password=PASSWORD)
        return live.client.post("/auth/register", json=data)

    with override_state(live.app, mailer=Mailbox()):
        responses = live.at_once(register, CLIENTS)

    with Session(build_migration_engine(live.app.state.settings)) as session:
        users = select(func.count()).select_from(User).where(User.email == email)
        assert session.scalar(users) == 1
    assert statuses(responses) == {202: CLIENTS}
    assert {response.text for response in responses} == {responses[0].text}


def test_simultaneous_hashes_are_limited(live: LiveService) -> None:
    passwords: Any = Passwords(live.app.state.settings)
    turns = BoundedSemaphore(live.app.state.settings.password_threads)

    def is_within_limit() -> bool:
        """Hold a place for a moment, so that others would exceed the limit."""
        free = turns.acquire(blocking=False)
        time.sleep(0.05)
        if free:
            turns.release()
        return free

    passwords.hasher = counting = CountingHasher(passwords.hasher, is_within_limit)
    with override_state(live.app, passwords=passwords):
        responses = live.at_once(
            lambda _number: live.client.post(LOGIN, json=login_body("unknown@example.com")),
            CLIENTS,
        )

    assert statuses(responses) == {401: CLIENTS}
    assert counting.seen == [True] * CLIENTS


async def test_no_connection_is_held_while_a_password_is_hashed(live: LiveService) -> None:
    # The same database, but an application of its own: nothing else uses its connections.
    app = create_app(live.app.state.settings)
    app.state.mailer = mailbox = Mailbox()
    counting = CountingHasher(app.state.passwords.hasher, app.state.engine.pool.checkedout)
    app.state.passwords.hasher = counting
    data = user_data(password=PASSWORD)
    async with app.state.sessions() as session:
        user = await add_user(session)
        headers = await add_session(session, app, user["id"])
    change = {"current_password": PASSWORD, "new_password": ANOTHER_PASSWORD}
    close = {"password": ANOTHER_PASSWORD}

    async with open_client(app) as client:
        await client.post("/auth/register", json=data)
        await client.post("/auth/password/forgot", json={"email": data["email"]})
        reset = {"token": mailbox.token(data["email"]), "password": ANOTHER_PASSWORD}
        answers = [
            await client.post("/auth/password/reset", json=reset),
            await client.post("/auth/password", json=change, headers=headers),
        ]
        client.cookies.clear()
        headers = session_headers(answers[-1])
        answers.append(await client.request("DELETE", "/auth/me", json=close, headers=headers))
    await app.state.engine.dispose()

    assert [answer.status_code for answer in answers] == [204, 200, 204]
    assert counting.seen == [0] * 5
# {% endcall %}
