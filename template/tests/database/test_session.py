"""One request is one transaction, committed before its response leaves."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from httpx2 import Response
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.config import Settings
from tests.database.notes import build_notes_app, is_stored
from tests.live import LiveService, serve

MANY_CLIENTS = 100


@pytest.fixture(scope="module")
def service(settings: Settings) -> Generator[LiveService]:
    # Patient, so that a slow host does not look like one that stands still.
    patient = settings.model_copy(update={"database_pool_timeout": 20})
    with serve(build_notes_app(patient)) as live:
        yield live


@contextmanager
def failing_commits() -> Generator[None]:
    def fail(_session: Session) -> None:
        raise RuntimeError("the commit failed")

    event.listen(Session, "before_commit", fail)
    yield
    event.remove(Session, "before_commit", fail)


def test_what_was_answered_with_201_is_stored(service: LiveService, settings: Settings) -> None:
    response = service.client.post("/notes/kept")

    assert response.status_code == 201
    assert is_stored(settings, "kept")


def test_a_failing_commit_is_never_answered_with_201(
    service: LiveService,
    settings: Settings,
) -> None:
    with failing_commits():
        response = service.client.post("/notes/uncommitted")

    assert response.status_code == 500
    assert not is_stored(settings, "uncommitted")


def test_an_error_in_the_route_stores_nothing(service: LiveService, settings: Settings) -> None:
    response = service.client.post("/notes/half/broken")

    assert response.status_code == 500
    assert not is_stored(settings, "half")


def test_a_response_that_cannot_be_given_stores_nothing(
    service: LiveService,
    settings: Settings,
) -> None:
    response = service.client.post("/notes/unreadable/unreadable")

    assert response.status_code == 500
    assert not is_stored(settings, "unreadable")


def test_a_hundred_clients_that_keep_asking_are_all_served(service: LiveService) -> None:
    def keep_reading(_number: int) -> Response:
        responses = [service.client.get("/notes") for _ in range(3)]
        return max(responses, key=lambda response: response.status_code)

    worst = service.at_once(keep_reading, MANY_CLIENTS)

    assert {response.status_code for response in worst} == {200}


def test_an_exhausted_pool_is_503_with_a_time_to_retry_after(settings: Settings) -> None:
    one_connection = settings.model_copy(
        update={
            "database_pool_size": 1,
            "database_pool_max_overflow": 0,
            "database_pool_timeout": 0.2,
        },
    )
    with serve(build_notes_app(one_connection)) as live:

        def read(_number: int) -> Response:
            return live.client.get("/notes/slow")

        responses = live.at_once(read, 4)
        afterwards = live.client.get("/notes")

    served = [response for response in responses if response.status_code == 200]
    refused = [response for response in responses if response.status_code == 503]
    assert (len(served), len(refused)) == (1, 3)
    assert all(int(response.headers["Retry-After"]) > 0 for response in refused)
    assert afterwards.status_code == 200
