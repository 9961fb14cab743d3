# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Which methods a path knows, and what a client hears of any other."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.config import Settings
from app.main import create_app
from app.openapi import allowed_methods


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    app.add_api_route("/shelves/newest", find_newest)
    app.add_api_route("/shelves/{number}", find_shelf)
    app.add_api_route("/shelves/{number}", replace_shelf, methods=["PUT"])
    app.add_api_route("/hidden/{number}", replace_shelf, methods=["PUT"], include_in_schema=False)
    return app


def find_newest() -> str:
    return "newest"


def find_shelf(number: int) -> int:
    return number


def replace_shelf(number: int) -> int:
    return number


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/shelves/newest", ["GET"]),
        ("/shelves/1", ["GET", "PUT"]),
        ("/shelves/1/2", []),
        ("/shelves", []),
    ],
)
def test_a_path_knows_its_methods(app: FastAPI, path: str, methods: list[str]) -> None:
    assert allowed_methods(app, path) == methods


async def test_an_unknown_method_is_405_and_all_the_others_are_named(client: AsyncClient) -> None:
    response = await client.patch("/shelves/1")

    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Allow"] == "GET, PUT"


async def test_a_word_is_not_taken_for_a_variable_of_another_method(client: AsyncClient) -> None:
    response = await client.put("/shelves/newest")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET"


async def test_a_variable_against_its_rule_is_422(client: AsyncClient) -> None:
    response = await client.put("/shelves/oldest")

    assert response.status_code == 422


async def test_a_path_that_is_not_described_knows_what_the_router_knows(
    client: AsyncClient,
) -> None:
    unknown = await client.get("/hidden/1")
    refused = await client.put("/hidden/oldest")

    assert unknown.status_code == 405
    assert unknown.headers["Allow"] == "PUT"
    assert refused.status_code == 422
# {% endcall %}
