# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Every route that strangers may try something at is limited, and so is each that asks again."""

from collections.abc import Generator, Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.access import get_current_actor
from app.auth.limiter import RateLimiter
from app.auth.rate_limit import rate_limit_by_email
from app.config import Settings
from app.main import create_app
from tests.auth.hashing import Counting
from tests.auth.people import add_person, signed_in
from tests.auth.swapping import swapped

UNSAFE = {"DELETE", "PATCH", "POST", "PUT"}
TOKEN = {"token": "x", "password": "seven green boats on a lake"}
# What strangers may send. Where it names an account, that is counted too.
ATTEMPTS = {
    "/auth/register": {"email": "someone@example.com"},
    "/auth/verify": TOKEN,
    "/auth/verify/request": {"email": "someone@example.com"},
    "/auth/password/forgot": {"email": "someone@example.com"},
    "/auth/password/reset": TOKEN,
}
# What asks somebody for the password who is signed in.
GUESSES = {
    "POST": ("/auth/password", {"current_password": "x", "new_password": TOKEN["password"]}),
    "DELETE": ("/auth/me", {"password": "x"}),
}


@pytest.fixture
def limits(app: FastAPI, settings: Settings) -> Generator[None]:
    """Three attempts at an account, and five from an address."""
    few = {"rate_limit_per_account": "3/minute", "rate_limit_per_address": "5/minute"}
    with swapped(app, limiter=RateLimiter(settings.model_copy(update=few))):
        yield


def calls(dependant: Dependant) -> Iterator[object]:
    """Give everything that a route depends on."""
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def without_a_limit(app: FastAPI) -> list[str]:
    """Return the paths that change something for nobody in particular, as often as they like."""
    found: list[str] = []
    for route in iter_route_contexts(app.routes):
        if not UNSAFE & (route.methods or set()):
            continue
        if not {get_current_actor, rate_limit_by_email} & set(calls(route.dependant)):
            found.append(route.path or "")
    return found


def let_in() -> None:
    """Answer."""


def test_a_route_without_a_limit_is_found(settings: Settings) -> None:
    app = create_app(settings)
    app.add_api_route("/open", let_in, methods=["POST"])

    assert "/open" in without_a_limit(app)


def test_no_route_for_strangers_is_without_a_limit(application: FastAPI) -> None:
    assert [path for path in without_a_limit(application) if path.startswith("/auth/")] == []


@pytest.mark.usefixtures("limits", "letters")
@pytest.mark.parametrize("path", ATTEMPTS)
async def test_a_stranger_may_not_try_more_often(nobody: AsyncClient, path: str) -> None:
    allowed = 3 if "email" in ATTEMPTS[path] else 5

    statuses: list[int] = []
    for _ in range(allowed + 1):
        response = await nobody.post(path, json=ATTEMPTS[path])
        statuses.append(response.status_code)

    assert [status == 429 for status in statuses] == [False] * allowed + [True]


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("method", GUESSES)
async def test_who_is_signed_in_may_not_guess_the_password(
    app: FastAPI,
    session: AsyncSession,
    hashes: Counting,
    method: str,
) -> None:
    path, body = GUESSES[method]
    person = await add_person(session)
    statuses: list[int] = []

    async with signed_in(app, session, person["id"]) as ada:
        for _ in range(4):
            response = await ada.request(method, path, json=body)
            statuses.append(response.status_code)

    assert [status == 429 for status in statuses] == [False] * 3 + [True]
    # Counted before anything is hashed.
    assert len(hashes.seen) == 3
# {% endcall %}
