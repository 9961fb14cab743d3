# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The application is put together: middleware, error handlers, documents, start and end."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import event

from app.config import Settings, load_settings
from app.main import create_app
from tests.live import serve

ORIGIN = "https://shop.example"


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings.model_copy(update={"cors_origins": [ORIGIN]}))

    @app.post("/echo")
    def echo(body: dict[str, Any]) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        return body

    return app


def test_an_app_without_arguments_takes_the_settings_of_the_environment() -> None:
    app = create_app()

    assert app.state.settings is load_settings()


async def test_an_allowed_origin_may_read_the_answer(client: AsyncClient) -> None:
    response = await client.get("/health/live", headers={"Origin": ORIGIN})

    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Request-ID" in response.headers["Access-Control-Expose-Headers"]


async def test_an_error_may_be_read_by_an_allowed_origin_too(client: AsyncClient) -> None:
    response = await client.get("/nothing", headers={"Origin": ORIGIN})

    assert response.status_code == 404
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


async def test_another_origin_may_not_read_the_answer(client: AsyncClient) -> None:
    response = await client.get("/health/live", headers={"Origin": "https://other.example"})

    assert "Access-Control-Allow-Origin" not in response.headers


# {% if auth != "session" %}
async def test_no_origin_may_send_credentials(client: AsyncClient) -> None:
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}

    response = await client.request("OPTIONS", "/echo", headers=preflight)

    assert response.status_code == 200
    assert "Access-Control-Allow-Credentials" not in response.headers


# {% endif %}
async def test_an_unknown_path_is_a_404_problem(client: AsyncClient) -> None:
    response = await client.get("/nothing")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["instance"] == "/nothing"


async def test_an_unknown_method_is_a_405_problem_that_names_the_allowed(
    client: AsyncClient,
) -> None:
    response = await client.put("/echo")

    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Allow"] == "POST"


async def test_every_operation_documents_its_errors_as_problems(client: AsyncClient) -> None:
    response = await client.get("/openapi.json")

    document = response.json()
    operations = [item for path in document["paths"].values() for item in path.values()]
    errors = [operation["responses"]["default"]["content"] for operation in operations]
    assert {media for error in errors for media in error} == {"application/problem+json"}
    assert all("Problem" in str(error) for error in errors)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_connections_are_closed_at_the_end(settings: Settings) -> None:
    opened: list[object] = []
    closed: list[object] = []
    app = create_app(settings)
    event.listen(app.state.engine.pool, "connect", lambda *_: opened.append(1))
    event.listen(app.state.engine.pool, "close", lambda *_: closed.append(1))

    with serve(app) as live:
        response = live.client.get("/health/ready")
        closed_while_running = len(closed)

    assert response.status_code == 200
    assert closed_while_running == 0
    assert len(closed) == len(opened) > 0
# {% endcall %}
