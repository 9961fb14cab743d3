"""No body is larger than the limit, whether it says so or not."""

from collections.abc import Generator, Iterator

import pytest
from fastapi import Request
from httpx2 import Response

from app.config import Settings
from app.main import create_app
from tests.live import LiveService, serve

LIMIT = 100
ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    changes = {"max_body_size": LIMIT, "cors_origins": [ORIGIN]}
    app = create_app(settings.model_copy(update=changes))
    app.add_api_route("/length", read_length, methods=["POST"])
    with serve(app) as live:
        yield live


async def read_length(request: Request) -> int:
    return len(await request.body())


def post(service: LiveService, content: bytes | Iterator[bytes]) -> Response:
    return service.client.post("/length", content=content, headers={"Origin": ORIGIN})


def in_parts(size: int) -> Iterator[bytes]:
    """Return the parts of a body that does not state its length."""
    return (b"x" for _ in range(size))


def test_a_body_up_to_the_limit_is_taken(service: LiveService) -> None:
    whole = post(service, b"x" * LIMIT)
    parts = post(service, in_parts(LIMIT))

    assert (whole.json(), parts.json()) == (LIMIT, LIMIT)


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "not stated"])
def test_a_body_beyond_the_limit_is_a_413_problem(service: LiveService, *, stated: bool) -> None:
    response = post(service, b"x" * (LIMIT + 1) if stated else in_parts(LIMIT + 1))

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Request-ID" in response.headers
    assert response.json()["detail"] == "The body is larger than 100 bytes."
