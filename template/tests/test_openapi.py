# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The OpenAPI document: names, the problems of each operation, and the methods of a path."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
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
    app.add_api_route("/shelves/{number}/label", print_label, response_class=PlainTextResponse)
    app.add_api_route("/hidden/{number}", replace_shelf, methods=["PUT"], include_in_schema=False)
    return app


def find_newest() -> str:
    return "newest"


def find_shelf(number: int) -> int:
    return number


def replace_shelf(number: int) -> int:
    return number


def print_label(number: int) -> str:
    return f"Shelf {number}"


def operations(app: FastAPI) -> list[dict[str, Any]]:
    """Return all operations of the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return [operation for path in paths.values() for operation in path.values()]


def test_operation_ids_are_unique_names_of_functions(app: FastAPI) -> None:
    ids = [operation["operationId"] for operation in operations(app)]

    assert len(set(ids)) == len(ids)
    assert all(name.isidentifier() and "__" not in name for name in ids)
    assert {"read_root", "find_newest"} <= set(ids)


def test_schemas_have_the_names_of_their_classes(app: FastAPI) -> None:
    names = app.openapi()["components"]["schemas"]

    assert [name for name in names if not name.isalnum()] == []


def test_an_operation_documents_its_problems_by_status(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    found, replaced, newest = (
        set(paths[path][method]["responses"])
        for path, method in [
            ("/shelves/{number}", "get"),
            ("/shelves/{number}", "put"),
            ("/shelves/newest", "get"),
        ]
    )

    assert found == {"200", "404", "422", "503", "default"}
    assert replaced == {"200", "404", "409", "422", "503", "default"}
    assert newest == {"200", "503", "default"}


def test_problems_have_their_own_media_type(app: FastAPI) -> None:
    contents = [
        set(response["content"])
        for operation in operations(app)
        for status, response in operation["responses"].items()
        if not status.startswith("2")
    ]

    assert contents
    assert all(content == {"application/problem+json"} for content in contents)


def test_a_route_that_was_added_later_is_documented_too(app: FastAPI) -> None:
    app.openapi()

    app.add_api_route("/shelves/oldest", lambda: "oldest", name="find_oldest")

    default = app.openapi()["paths"]["/shelves/oldest"]["get"]["responses"]["default"]
    assert set(default["content"]) == {"application/problem+json"}


# {% if auth != "none" %}
def test_guards_and_rate_limits_are_documented(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    sessions, login = (
        set(paths[path][method]["responses"])
        for path, method in [("/auth/sessions", "get"), ("/auth/login", "post")]
    )

    assert {"401", "403"} <= sessions
    assert "429" in login
    assert "429" not in sessions


# {% endif %}
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
