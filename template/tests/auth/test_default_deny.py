# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Every route needs credentials unless it is listed here, and public ones are rate limited."""

import re
from collections.abc import Generator, Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.dependencies import CurrentActor, get_current_actor, require_scopes
from app.auth.rate_limit import RateLimiter, count_by_email
from app.auth.scopes import Scope
from app.config import Settings
from app.main import create_app
from tests.auth.doubles import CountingHasher, override_state
from tests.auth.users import PASSWORD, add_user, member_client
from tests.clients import open_client

# A line added here opens a route to everybody.
PUBLIC = {
    "GET /",
    "GET /docs",
    "GET /docs/oauth2-redirect",
    "GET /health/db",
    "GET /health/live",
    "GET /health/ready",
    "GET /openapi.json",
    "GET /redoc",
    "POST /auth/login",
    "POST /auth/password/forgot",
    "POST /auth/password/reset",
    "POST /auth/register",
    "POST /auth/verify",
    "POST /auth/verify/request",
    # {% if auth == "jwt" %}
    "POST /auth/refresh",
    # {% endif %}
    # {% if example == "shop" %}
    "GET /categories",
    "GET /categories/slug/{slug}",
    "GET /categories/tree",
    "GET /categories/{category_id}",
    "GET /categories/{category_id}/products",
    "GET /categories/{category_id}/tree",
    "GET /products",
    "GET /products/low-stock",
    "GET /products/sku/{sku}",
    "GET /products/slug/{slug}",
    "GET /products/statistics",
    "GET /products/{product_id}",
    "GET /products/{product_id}/tags",
    "GET /tags",
    "GET /tags/slug/{slug}",
    "GET /tags/{tag_id}",
    # {% endif %}
}


def operations(app: FastAPI) -> Iterator[tuple[str, RouteContext]]:
    """Yield each operation, such as `GET /things/{id}`, with its route; of nested routers too."""
    for route in iter_route_contexts(app.routes):
        # A route without methods, such as a web socket or a folder of files, is an operation too.
        for method in (route.methods or {"ANY"}) - {"HEAD"}:
            yield f"{method} {route.path}", route


def is_guarded(route: RouteContext) -> bool:
    """Whether a route depends on `get_current_actor`."""
    dependant: Dependant | None = getattr(route, "dependant", None)
    return dependant is not None and needs_actor(dependant)


def needs_actor(dependant: Dependant) -> bool:
    return dependant.call is get_current_actor or any(map(needs_actor, dependant.dependencies))


def unguarded(app: FastAPI) -> set[str]:
    return {name for name, route in operations(app) if not is_guarded(route)}


async def test_every_unlisted_route_refuses_an_anonymous_client(app: FastAPI) -> None:
    statuses: dict[str, int] = {}
    async with open_client(app) as client:
        for name in {name for name, _ in operations(app)} - PUBLIC:
            method, path = name.split()
            response = await client.request(method, re.sub(r"{\w+}", "1", path))
            statuses[name] = response.status_code

    assert {name: status for name, status in statuses.items() if status != 401} == {}


def read() -> None:
    """Answer."""


def read_actor(actor: CurrentActor) -> str:
    return f"{actor}"


def test_every_public_route_is_listed(application: FastAPI) -> None:
    assert sorted(unguarded(application) - PUBLIC) == []


def test_every_listed_route_exists_and_is_public(application: FastAPI) -> None:
    assert sorted(PUBLIC - unguarded(application)) == []


def test_a_route_without_a_guard_is_found() -> None:
    app = FastAPI(openapi_url=None)
    router, nested = APIRouter(prefix="/outer"), APIRouter(prefix="/inner")
    router.include_router(nested)
    app.include_router(router)
    app.include_router(router, prefix="/guarded", dependencies=[require_scopes(Scope.USERS)])
    nested.add_api_route("/open", read, methods=["GET", "POST"])
    nested.add_api_route("/actor", read_actor)
    nested.add_api_route("/scoped", read, dependencies=[require_scopes(Scope.USERS)])
    app.mount("/files", FastAPI(openapi_url=None))

    assert unguarded(app) == {"GET /outer/inner/open", "POST /outer/inner/open", "ANY /files"}


UNSAFE = {"DELETE", "PATCH", "POST", "PUT"}
TOKEN = {"token": "x", "password": PASSWORD}
# What anonymous clients send. Requests with an email are counted per account too.
ATTEMPTS = {
    "/auth/register": {"email": "someone@example.com"},
    "/auth/verify": TOKEN,
    "/auth/verify/request": {"email": "someone@example.com"},
    "/auth/password/forgot": {"email": "someone@example.com"},
    "/auth/password/reset": TOKEN,
}
# Requests that need the current password, although the user is logged in.
GUESSES = {
    "POST": ("/auth/password", {"current_password": "x", "new_password": PASSWORD}),
    "DELETE": ("/auth/me", {"password": "x"}),
}


@pytest.fixture
def limits(app: FastAPI, settings: Settings) -> Generator[None]:
    """Three attempts per account, and five per address."""
    few = {"rate_limit_per_account": "3/minute", "rate_limit_per_address": "5/minute"}
    with override_state(app, rate_limiter=RateLimiter(settings.model_copy(update=few))):
        yield


def calls(dependant: Dependant) -> Iterator[object]:
    """Yield everything that a route depends on."""
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def unlimited(app: FastAPI) -> list[str]:
    """Paths of unsafe routes with neither a user nor a rate limit."""
    found: list[str] = []
    for route in iter_route_contexts(app.routes):
        if not UNSAFE & (route.methods or set()):
            continue
        if not {get_current_actor, count_by_email} & set(calls(route.dependant)):
            found.append(route.path or "")
    return found


def test_a_route_without_a_rate_limit_is_found(settings: Settings) -> None:
    app = create_app(settings)
    app.add_api_route("/open", read, methods=["POST"])

    assert "/open" in unlimited(app)


def test_every_unsafe_public_route_of_auth_is_rate_limited(application: FastAPI) -> None:
    assert [path for path in unlimited(application) if path.startswith("/auth/")] == []


@pytest.mark.usefixtures("limits", "mailbox")
@pytest.mark.parametrize("path", ATTEMPTS)
async def test_an_anonymous_client_is_rate_limited(client: AsyncClient, path: str) -> None:
    allowed = 3 if "email" in ATTEMPTS[path] else 5

    statuses: list[int] = []
    for _ in range(allowed + 1):
        response = await client.post(path, json=ATTEMPTS[path])
        statuses.append(response.status_code)

    assert [status == 429 for status in statuses] == [False] * allowed + [True]


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("method", GUESSES)
async def test_guesses_of_the_current_password_are_rate_limited(
    app: FastAPI,
    session: AsyncSession,
    hashes: CountingHasher,
    method: str,
) -> None:
    path, body = GUESSES[method]
    user = await add_user(session)
    statuses: list[int] = []

    async with member_client(app, session, user["id"]) as ada:
        for _ in range(4):
            response = await ada.request(method, path, json=body)
            statuses.append(response.status_code)

    assert [status == 429 for status in statuses] == [False] * 3 + [True]
    # Attempts are counted before a password is hashed.
    assert len(hashes.seen) == 3
# {% endcall %}
