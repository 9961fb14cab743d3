"""An unexpected error is a clean response, logged in full, and closes no connection."""

import http.client
import logging
from collections.abc import Generator

import pytest
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.config import Settings
from app.main import create_app
from app.middleware import errors
from app.middleware.errors import is_temporary
from tests.live import LiveService, serve

SECRET = "the password is s3cret"


class LostError(Exception):
    """What a driver raises whose connection is gone."""


ERRORS: dict[str, Exception] = {
    "pool": PoolTimeout(SECRET),
    "lost": LostError(SECRET),
    "refused": OperationalError("SELECT 1", None, Exception(SECRET)),
    "unexpected": RuntimeError(SECRET),
}


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    app = create_app(settings)
    app.add_api_route("/raise/{name}", fail)
    app.add_api_route("/stream", stream_and_fail)
    with serve(app) as live:
        yield live


def fail(name: str) -> None:
    raise ERRORS[name]


def stream_and_fail() -> StreamingResponse:
    def parts() -> Generator[str]:
        yield "the first half"
        raise RuntimeError(SECRET)

    return StreamingResponse(parts())


def test_an_unexpected_error_is_a_500_problem_that_tells_nothing(service: LiveService) -> None:
    response = service.client.get("/raise/unexpected")

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "The service failed. The error is logged.",
        "instance": "/raise/unexpected",
    }


def test_an_unexpected_error_is_logged_with_its_traceback(
    service: LiveService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.client.get("/raise/unexpected")

    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.exc_info and record.exc_info[1] for record in logged] == [ERRORS["unexpected"]]


def test_the_connection_stays_usable_after_an_unexpected_error(service: LiveService) -> None:
    url = service.client.base_url
    connection = http.client.HTTPConnection(url.host, url.port)
    connection.request("GET", "/raise/unexpected")
    first = connection.getresponse()
    first.read()
    socket = connection.sock

    connection.request("GET", "/health/live")
    second = connection.getresponse()
    second.read()
    still_the_same = connection.sock is socket
    connection.close()

    assert (first.status, second.status) == (500, 200)
    assert still_the_same


def told_failure(error: Exception) -> str | None:
    return "lost" if isinstance(error, LostError) else None


@pytest.mark.parametrize("name", ["pool", "lost"])
def test_a_failure_that_passes_is_503_with_a_time_to_retry_after(
    service: LiveService,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(errors, "transient_failure", told_failure)

    response = service.client.get(f"/raise/{name}")

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0
    assert SECRET not in response.text


def test_an_answer_that_has_begun_is_cut_and_not_completed(service: LiveService) -> None:
    url = service.client.base_url
    connection = http.client.HTTPConnection(url.host, url.port)
    connection.request("GET", "/stream")
    response = connection.getresponse()

    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    connection.close()

    assert caught.value.partial == b"the first half"


def test_what_the_database_will_refuse_again_is_not_temporary() -> None:
    assert not is_temporary(ERRORS["refused"])
