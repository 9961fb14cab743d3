# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Every route asks who sends the request, except those that are listed here."""

import re
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from app.auth.access import CurrentActor, get_current_actor, require
from app.auth.scopes import Scope
from tests.auth.people import anonymous

# Whoever adds a line here opens a route to everybody.
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
    """Give each operation, such as `GET /things/{id}`, with its route; of nested routers too."""
    for route in iter_route_contexts(app.routes):
        # What has no methods, such as a socket or a folder of files, is an operation as well.
        for method in (route.methods or {"ANY"}) - {"HEAD"}:
            yield f"{method} {route.path}", route


def is_guarded(route: RouteContext) -> bool:
    """Tell whether a route cannot be reached without `authenticate`."""
    dependant: Dependant | None = getattr(route, "dependant", None)
    return dependant is not None and asks(dependant)


def asks(dependant: Dependant) -> bool:
    return dependant.call is get_current_actor or any(map(asks, dependant.dependencies))


def unguarded(app: FastAPI) -> set[str]:
    return {name for name, route in operations(app) if not is_guarded(route)}


async def test_nobody_is_refused_by_every_route_that_is_not_listed(app: FastAPI) -> None:
    statuses: dict[str, int] = {}
    async with anonymous(app) as client:
        for name in {name for name, _ in operations(app)} - PUBLIC:
            method, path = name.split()
            response = await client.request(method, re.sub(r"{\w+}", "1", path))
            statuses[name] = response.status_code

    assert {name: status for name, status in statuses.items() if status != 401} == {}


def read_nothing() -> None:
    """Stand for a route."""


def read_actor(actor: CurrentActor) -> str:
    return f"{actor}"


def test_no_route_is_open_that_is_not_listed(application: FastAPI) -> None:
    assert sorted(unguarded(application) - PUBLIC) == []


def test_no_route_is_listed_that_is_guarded_or_not_there(application: FastAPI) -> None:
    assert sorted(PUBLIC - unguarded(application)) == []


def test_a_route_that_forgets_to_ask_is_noticed() -> None:
    app = FastAPI(openapi_url=None)
    router, nested = APIRouter(prefix="/outer"), APIRouter(prefix="/inner")
    router.include_router(nested)
    app.include_router(router)
    app.include_router(router, prefix="/guarded", dependencies=[require(Scope.USERS)])
    nested.add_api_route("/open", read_nothing, methods=["GET", "POST"])
    nested.add_api_route("/asking", read_actor)
    nested.add_api_route("/scoped", read_nothing, dependencies=[require(Scope.USERS)])
    app.mount("/files", FastAPI(openapi_url=None))

    assert unguarded(app) == {"GET /outer/inner/open", "POST /outer/inner/open", "ANY /files"}
# {% endcall %}
