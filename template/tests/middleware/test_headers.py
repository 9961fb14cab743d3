"""Every answer tells browsers what they must not do with it."""

from collections.abc import Generator

import pytest
from fastapi import Response as Answer
from httpx2 import Client, Response

from app.config import Settings
from app.main import create_app
from tests.live import LiveService, serve

ORIGIN = "https://shop.example.com"
POLICY = "Content-Security-Policy"
HTTPS_ONLY = "Strict-Transport-Security"
ANSWERS = {
    "data": ("GET", "/health/live", 200),
    "unknown": ("GET", "/nothing", 404),
    "wrong method": ("DELETE", "/health/live", 405),
    "not valid": ("GET", "/numbers/x", 422),
    "failed": ("GET", "/broken", 500),
    "too large": ("POST", "/health/live", 413),
    "preflight": ("OPTIONS", "/health/live", 200),
}
CREDENTIALS = {"Authorization": "Bearer x", "Cookie": "__Host-session=x", "X-API-Key": "x"}


def read(number: int) -> int:
    return number


def fail() -> None:
    raise RuntimeError("unexpected")


def keep(response: Answer) -> None:
    """Answer what sets its own headers."""
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers[POLICY] = "sandbox"


def run(settings: Settings, **changes: object) -> Generator[LiveService]:
    changes |= {"cors_origins": [ORIGIN], "max_body_size": 10}
    app = create_app(settings.model_copy(update=changes))
    app.add_api_route("/numbers/{number}", read)
    app.add_api_route("/broken", fail)
    app.add_api_route("/kept", keep)
    with serve(app) as live:
        yield live


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    yield from run(settings)


@pytest.fixture(scope="module")
def production(settings: Settings) -> Generator[LiveService]:
    yield from run(settings, environment="production")


def ask(service: LiveService, name: str) -> Response:
    """Get one of the answers, without credentials."""
    method, path, status = ANSWERS[name]
    headers = {"Origin": ORIGIN}
    if method == "OPTIONS":
        headers["Access-Control-Request-Method"] = "GET"
    content = b"x" * 11 if method == "POST" else b""
    with Client(base_url=service.client.base_url, headers=headers) as anonymous:
        response = anonymous.request(method, path, content=content)
    assert response.status_code == status
    return response


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_headers(service: LiveService, name: str) -> None:
    headers = ask(service, name).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(headers[POLICY].split("; "))


@pytest.mark.parametrize("name", ANSWERS)
def test_in_production_every_answer_asks_for_https_for_a_year(
    production: LiveService,
    name: str,
) -> None:
    headers = ask(production, name).headers

    assert headers[HTTPS_ONLY] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("name", ANSWERS)
def test_on_a_developers_host_none_asks_for_https(service: LiveService, name: str) -> None:
    assert HTTPS_ONLY not in ask(service, name).headers


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect", "/redoc"])
def test_the_pages_about_the_api_may_load_scripts_and_not_be_framed(
    service: LiveService,
    path: str,
) -> None:
    response = service.client.get(path)

    assert response.status_code == 200
    assert "-src" not in response.headers[POLICY]
    assert "frame-ancestors 'none'" in response.headers[POLICY]


@pytest.mark.parametrize("header", CREDENTIALS)
@pytest.mark.parametrize("path", ["/health/live", "/nothing", "/broken"])
def test_what_somebody_may_see_is_not_kept(service: LiveService, path: str, header: str) -> None:
    with Client(base_url=service.client.base_url) as client:
        response = client.get(path, headers={header: CREDENTIALS[header]})

    assert response.headers["Cache-Control"] == "no-store"


def test_what_anybody_may_see_may_be_kept(service: LiveService) -> None:
    assert "Cache-Control" not in ask(service, "data").headers


def test_what_a_route_sets_itself_stays(service: LiveService) -> None:
    response = service.client.get("/kept")

    assert response.headers["Cache-Control"] == "private, max-age=60"
    assert response.headers[POLICY] == "sandbox"
