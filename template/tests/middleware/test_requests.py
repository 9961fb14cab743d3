# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Every request leaves one line in the log, and an id that ties its lines together."""

import logging
import re

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.config import Settings
from app.logs import REQUEST_ID, RequestIdFilter
from app.main import create_app


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    app.add_api_route("/id", read_id)
    app.add_api_route("/broken", fail)
    return app


def read_id() -> str:
    return REQUEST_ID.get()


def fail() -> None:
    raise RuntimeError("unexpected")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    records = [record for record in caplog.records if record.name == "app.middleware.requests"]
    return [record.getMessage() for record in records]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/id", 200), ("/nothing", 404), ("/broken", 500)],
    ids=["answered", "unknown", "failed"],
)
async def test_a_request_leaves_one_line(
    client: AsyncClient,
    caplog: pytest.LogCaptureFixture,
    path: str,
    status: int,
) -> None:
    response = await client.get(path)

    assert response.status_code == status
    assert len(lines(caplog)) == 1
    assert re.fullmatch(rf"GET {path} {status} \d+\.\d ms", lines(caplog)[0])


async def test_a_line_break_in_the_path_forges_no_line(
    client: AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await client.get("/a%0AGET%20/admin%20200%0D%1B[2J")

    assert len(lines(caplog)) == 1
    assert lines(caplog)[0].startswith("GET /a%0AGET%20/admin%20200%0D%1B%5B2J 404 ")


async def test_the_query_is_not_logged(
    client: AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await client.get("/id?token=s3cret")

    assert "s3cret" not in lines(caplog)[0]


async def test_each_request_gets_an_id_of_its_own(client: AsyncClient) -> None:
    first = await client.get("/id")
    second = await client.get("/id")

    assert re.fullmatch("[0-9a-f]{32}", first.headers["X-Request-ID"])
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/id", "/nothing", "/broken"])
async def test_a_sane_id_is_kept(client: AsyncClient, path: str) -> None:
    response = await client.get(path, headers={"X-Request-ID": "Trace-1.2_3"})

    assert response.headers["X-Request-ID"] == "Trace-1.2_3"


@pytest.mark.parametrize(
    "hostile",
    ["", "two words", "a;b", "%0a", "x" * 65],
    ids=["empty", "space", "semicolon", "percent", "long"],
)
async def test_a_hostile_id_is_replaced(client: AsyncClient, hostile: str) -> None:
    response = await client.get("/id", headers={"X-Request-ID": hostile})

    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])


async def test_the_route_logs_under_the_id_of_its_request(client: AsyncClient) -> None:
    response = await client.get("/id", headers={"X-Request-ID": "abc"})

    assert response.json() == "abc"
    assert REQUEST_ID.get() == "-"


def test_a_log_line_carries_the_id() -> None:
    record = logging.makeLogRecord({"msg": "something happened"})
    token = REQUEST_ID.set("abc")

    RequestIdFilter().filter(record)
    REQUEST_ID.reset(token)

    assert vars(record)["request_id"] == "abc"
# {% endcall %}
