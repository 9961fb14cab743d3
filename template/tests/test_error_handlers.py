# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Every expected error is one shape: a problem as of RFC 9457."""

from http import HTTPStatus
from inspect import iscoroutinefunction

import pytest
from fastapi import FastAPI, HTTPException
from httpx2 import AsyncClient
from pydantic import BaseModel, ConfigDict

from app.config import Settings
from app.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    PreconditionFailed,
    ServiceBusy,
)
from app.main import create_app

ERRORS: dict[str, type[DomainError]] = {
    error.__name__: error
    for error in (DomainError, NotFound, Conflict, PreconditionFailed, Invalid, ServiceBusy)
}
# Half a character, as JSON can hold it and UTF-8 cannot, and a NUL.
ODD = "\ud800 and \0"


class Thing(BaseModel):
    """What the test's own route takes and gives back."""

    model_config = ConfigDict(extra="forbid")

    size: int


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    app.add_api_route("/raise/{name}", raise_error)
    app.add_api_route("/forbidden", forbid)
    app.add_api_route("/odd", tell_anything)
    app.add_api_route("/things", make_thing, methods=["POST"])
    return app


def raise_error(name: str) -> None:
    raise ERRORS[name]("That is so.")


def forbid() -> None:
    raise HTTPException(403, "Not for you.", headers={"X-Reason": "closed"})


def tell_anything() -> None:
    raise Conflict(ODD)


def make_thing(thing: Thing) -> Thing:
    return thing


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("DomainError", HTTPStatus.BAD_REQUEST),
        ("NotFound", HTTPStatus.NOT_FOUND),
        ("Conflict", HTTPStatus.CONFLICT),
        ("PreconditionFailed", HTTPStatus.PRECONDITION_FAILED),
        ("Invalid", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("ServiceBusy", HTTPStatus.SERVICE_UNAVAILABLE),
    ],
)
async def test_a_domain_error_is_a_problem_with_its_own_status(
    client: AsyncClient,
    name: str,
    status: HTTPStatus,
) -> None:
    response = await client.get(f"/raise/{name}")

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": "That is so.",
        "instance": f"/raise/{name}",
    }


async def test_a_busy_service_says_when_to_try_again(client: AsyncClient) -> None:
    response = await client.get("/raise/ServiceBusy")

    assert int(response.headers["Retry-After"]) > 0


def test_to_answer_for_an_error_takes_no_thread(app: FastAPI) -> None:
    assert all(iscoroutinefunction(handler) for handler in app.exception_handlers.values())


async def test_an_http_exception_is_a_problem_and_keeps_its_headers(client: AsyncClient) -> None:
    response = await client.get("/forbidden")

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Reason"] == "closed"
    assert response.json()["detail"] == "Not for you."


async def test_a_refused_body_names_each_field_and_its_rule(client: AsyncClient) -> None:
    response = await client.post("/things", json={"size": "big", "colour": "red"})

    problem = response.json()
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["detail"] == "Not valid: body.size, body.colour"
    assert [(error["loc"], error["type"]) for error in problem["errors"]] == [
        (["body", "size"], "int_parsing"),
        (["body", "colour"], "extra_forbidden"),
    ]
    assert all(error.keys() == {"loc", "msg", "type"} for error in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"size": 1, "\\ud800": 1}',
        b'{"size": 1, "\\u0000": 1}',
        b'{"size": 1, "\\u202e\\ud83d\\ude00": 1}',
        b'{"size": "\\udfff"}',
        b'{"size": 1e999}',
        b'{"size": NaN}',
        b'{"size"',
        b"\xff\xfe",
        b"null",
        b"",
    ],
)
async def test_no_body_is_too_odd_to_be_refused_properly(client: AsyncClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    response = await client.post("/things", content=body, headers=headers)

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code


async def test_no_text_is_too_odd_to_be_told(client: AsyncClient) -> None:
    response = await client.get("/odd")

    assert response.status_code == 409
    assert response.json()["detail"] == ODD


async def test_no_path_is_too_odd_to_be_told(client: AsyncClient) -> None:
    path = "/nothing/%F0%9F%98%80%00%0A%22%3F"

    response = await client.get(path)

    assert response.status_code == 404
    assert response.json()["instance"] == path
# {% endcall %}
