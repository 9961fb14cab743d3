"""Origins, proxies and body sizes: checked before a client is authenticated."""

import logging
from collections.abc import Generator, Iterator
from unittest.mock import create_autospec

import pytest
import uvicorn
from fastapi import Request
from httpx2 import Client, Response
# {% if auth == "session" %}
from pydantic import ValidationError
# {% endif %}
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings
from app.main import create_app
from tests.auth.doubles import ALLOWED, REFUSED, Caller, build_limited_app
from tests.live import LiveService, serve

ALLOWED_ORIGIN = "https://shop.example.com"
# Origins that a careless comparison accepts.
OTHER_ORIGINS = [
    "https://shop.example.com.evil.example",
    "https://evil-shop.example.com",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://SHOP.example.com",
    "null",
]
CREDENTIAL_HEADERS = ["Authorization", "X-API-Key", "X-CSRF-Token", "Content-Type", "If-Match"]
PROXY = "127.0.0.1"
ONE_ATTEMPT = {"rate_limit_per_address": "1/minute"}
MAX_BODY_SIZE = 1000


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    app = create_app(settings.model_copy(update={"cors_origins": [ALLOWED_ORIGIN]}))
    with serve(app) as live:
        yield live


def preflight(service: LiveService, origin: str, header: str = "Content-Type") -> Response:
    """Send the request of a browser that precedes one of a page."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": header,
    }
    return service.client.options("/auth/login", headers=headers)


def get(service: LiveService, origin: str) -> Response:
    return service.client.get("/health/live", headers={"Origin": origin})


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_an_unlisted_origin_cannot_read_or_send(
    service: LiveService,
    origin: str,
) -> None:
    preflighted, read = preflight(service, origin), get(service, origin)

    assert preflighted.status_code == 400
    assert "Access-Control-Allow-Origin" not in preflighted.headers
    assert read.status_code == 200
    assert "Access-Control-Allow-Origin" not in read.headers


def test_an_allowed_origin_can_read_and_responses_vary_by_origin(
    service: LiveService,
) -> None:
    response = get(service, ALLOWED_ORIGIN)

    assert response.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("header", CREDENTIAL_HEADERS)
def test_an_allowed_origin_can_send_credentials_in_headers(
    service: LiveService,
    header: str,
) -> None:
    response = preflight(service, ALLOWED_ORIGIN, header)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
    assert header in response.headers["Access-Control-Allow-Headers"]


# {% if auth == "session" %}
def test_an_allowed_origin_can_send_the_cookie(service: LiveService) -> None:
    responses = [preflight(service, ALLOWED_ORIGIN), get(service, ALLOWED_ORIGIN)]

    allowed = [response.headers["Access-Control-Allow-Credentials"] for response in responses]
    assert allowed == ["true", "true"]


# They would allow every page to act with the cookie of its user.
@pytest.mark.parametrize("origin", ["*", "null"])
def test_wildcard_and_null_origins_are_refused_at_start(origin: str) -> None:
    with pytest.raises(ValidationError, match="name the origins, like https"):
        Settings(cors_origins=[ALLOWED_ORIGIN, origin])
# {% else %}
def test_no_origin_can_send_a_cookie(service: LiveService) -> None:
    responses = [preflight(service, ALLOWED_ORIGIN), get(service, ALLOWED_ORIGIN)]

    assert all("Access-Control-Allow-Credentials" not in one.headers for one in responses)


def test_a_wildcard_origin_allows_no_credentials(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ["*"]}))

    with serve(app) as service:
        response = get(service, "https://anywhere.example")

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
# {% endif %}


def client_address(request: Request) -> str:
    """Address of the client as the service sees it."""
    return request.client.host if request.client else ""


def address_seen_by(settings: Settings, trusted: str, *forwarded_for: str) -> str:
    """Address of the client as seen by a service that trusts these proxies."""
    app = build_limited_app(settings, trusted_proxies=trusted)
    app.add_api_route("/address", client_address)
    with serve(app) as service:
        headers = [("X-Forwarded-For", text) for text in forwarded_for]
        address: str = service.client.get("/address", headers=headers).json()
        return address


@pytest.mark.parametrize("trusted", ["", "192.0.2.0/24,::1"], ids=["none", "others"])
def test_forwarded_headers_of_an_untrusted_client_are_ignored(
    settings: Settings,
    trusted: str,
) -> None:
    assert address_seen_by(settings, trusted, "203.0.113.9") == PROXY


@pytest.mark.parametrize("trusted", [PROXY, "192.0.2.1, 127.0.0.0/8"], ids=["address", "network"])
def test_forwarded_headers_of_a_trusted_proxy_are_used(settings: Settings, trusted: str) -> None:
    assert address_seen_by(settings, trusted, "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    "forwarded_for",
    [
        ["198.51.100.1, 203.0.113.9"],
        ["127.0.0.1, 203.0.113.9"],
        ["198.51.100.1", "203.0.113.9"],
        ["198.51.100.1, 203.0.113.9, 127.0.0.1"],
    ],
    ids=["another", "the proxy's", "in a header of its own", "behind two proxies"],
)
def test_addresses_that_a_client_puts_in_front_are_ignored(
    settings: Settings,
    forwarded_for: list[str],
) -> None:
    assert address_seen_by(settings, PROXY, *forwarded_for) == "203.0.113.9"


def forge(service: LiveService) -> list[int]:
    """Send three attempts, each with another forged address."""
    hosts = [f"198.51.100.{number}" for number in range(3)]
    return [Caller(service, host).attempt().status_code for host in hosts]


def test_rate_limit_and_log_use_the_address_of_an_untrusted_client(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serve(build_limited_app(settings, trusted_proxies="", **ONE_ATTEMPT)) as service:
        statuses = forge(service)

    assert statuses == [ALLOWED, REFUSED, REFUSED]
    assert "excess_rate_limit_exceeded: 127.0.0.1 at /try" in caplog.text
    assert "198.51.100." not in caplog.text


def test_rate_limit_and_log_use_the_address_that_a_trusted_proxy_names(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serve(build_limited_app(settings, trusted_proxies=PROXY, **ONE_ATTEMPT)) as service:
        different = forge(service)
        hosts = [f"198.51.100.{number}, 203.0.113.9" for number in range(3)]
        forged = [Caller(service, host).attempt().status_code for host in hosts]

    assert different == [ALLOWED] * 3
    assert forged == [ALLOWED, REFUSED, REFUSED]
    assert "excess_rate_limit_exceeded: 203.0.113.9 at /try" in caplog.text
    assert "198.51.100." not in caplog.text


def test_the_server_itself_trusts_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_autospec(uvicorn.run)
    monkeypatch.setattr(uvicorn, "run", server)

    CliRunner().invoke(cli, ["serve"])

    assert server.call_args.kwargs["proxy_headers"] is False


@pytest.fixture(scope="module")
def small(settings: Settings) -> Generator[LiveService]:
    """A service that accepts small bodies only."""
    with serve(build_limited_app(settings, max_body_size=MAX_BODY_SIZE)) as live:
        yield live


def post(service: LiveService, path: str, content: bytes | Iterator[bytes]) -> Response:
    with Client(base_url=service.client.base_url) as client:
        return client.post(path, content=content)


# The second route reads the body before anything else.
@pytest.mark.parametrize("path", ["/auth/login", "/try"])
def test_a_content_length_above_the_limit_is_413_before_login(
    small: LiveService,
    path: str,
) -> None:
    response = post(small, path, b"x" * (MAX_BODY_SIZE + 1))

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_streamed_body_above_the_limit_is_413_before_login(small: LiveService) -> None:
    parts = (b"x" for _ in range(MAX_BODY_SIZE + 1))

    response = post(small, "/try", parts)

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"
