"""Pages of other sites may call the service only from origins that are named."""

from collections.abc import Generator

import pytest
from httpx2 import Response
# {% if auth == "session" %}
from pydantic import ValidationError
# {% endif %}

from app.config import Settings
from app.main import create_app
from tests.live import LiveService, serve

NAMED = "https://shop.example.com"
# Alike to whoever compares carelessly.
OTHERS = [
    "https://shop.example.com.evil.example",
    "https://evil-shop.example.com",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://SHOP.example.com",
    "null",
]
HEADERS = ["Authorization", "X-API-Key", "X-CSRF-Token", "Content-Type", "If-Match"]


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    with serve(create_app(settings.model_copy(update={"cors_origins": [NAMED]}))) as live:
        yield live


def preflight(service: LiveService, origin: str, header: str = "Content-Type") -> Response:
    """Ask as a browser does before a page may send something."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": header,
    }
    return service.client.options("/auth/login", headers=headers)


def get(service: LiveService, origin: str) -> Response:
    return service.client.get("/health/live", headers={"Origin": origin})


@pytest.mark.parametrize("origin", OTHERS)
def test_an_origin_that_is_not_named_may_not_read_and_not_send(
    service: LiveService,
    origin: str,
) -> None:
    asked, read = preflight(service, origin), get(service, origin)

    assert asked.status_code == 400
    assert "Access-Control-Allow-Origin" not in asked.headers
    assert read.status_code == 200
    assert "Access-Control-Allow-Origin" not in read.headers


def test_a_named_origin_may_read_and_each_origin_is_answered_for_itself(
    service: LiveService,
) -> None:
    response = get(service, NAMED)

    assert response.headers["Access-Control-Allow-Origin"] == NAMED
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("header", HEADERS)
def test_a_named_origin_may_send_what_proves_who_asks(service: LiveService, header: str) -> None:
    response = preflight(service, NAMED, header)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == NAMED
    assert header in response.headers["Access-Control-Allow-Headers"]


# {% if auth == "session" %}
def test_a_named_origin_may_send_the_cookie(service: LiveService) -> None:
    responses = [preflight(service, NAMED), get(service, NAMED)]

    allowed = [response.headers["Access-Control-Allow-Credentials"] for response in responses]
    assert allowed == ["true", "true"]


# What no page can be named by would let in all of them, each with its visitor's cookie.
@pytest.mark.parametrize("origin", ["*", "null"])
def test_the_service_does_not_start_with_origins_that_are_not_named(origin: str) -> None:
    with pytest.raises(ValidationError, match="name the origins, like https"):
        Settings(cors_origins=[NAMED, origin])
# {% else %}
def test_no_origin_may_send_a_cookie(service: LiveService) -> None:
    responses = [preflight(service, NAMED), get(service, NAMED)]

    assert all("Access-Control-Allow-Credentials" not in one.headers for one in responses)


def test_all_origins_means_without_credentials(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ["*"]}))

    with serve(app) as service:
        response = get(service, "https://anywhere.example")

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
# {% endif %}
