"""Nobody needs to be known to be told that they send too much."""

from collections.abc import Generator, Iterator

import pytest
from httpx2 import Client, Response

from app.config import Settings
from tests.auth.attempts import build
from tests.live import LiveService, serve

LIMIT = 1000


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    with serve(build(settings, max_body_size=LIMIT)) as live:
        yield live


def post(service: LiveService, path: str, content: bytes | Iterator[bytes]) -> Response:
    with Client(base_url=service.client.base_url) as stranger:
        return stranger.post(path, content=content)


# The second one reads a body before it does anything.
@pytest.mark.parametrize("path", ["/auth/login", "/try"])
def test_a_stated_length_beyond_the_limit_is_refused(service: LiveService, path: str) -> None:
    response = post(service, path, b"x" * (LIMIT + 1))

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_body_that_grows_beyond_the_limit_is_refused(service: LiveService) -> None:
    parts = (b"x" for _ in range(LIMIT + 1))

    response = post(service, "/try", parts)

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"
