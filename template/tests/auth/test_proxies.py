"""The address of a client is the one it calls from, unless a trusted proxy says otherwise."""

import logging
from unittest.mock import create_autospec

import pytest
import uvicorn
from fastapi import Request
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings
from tests.auth.attempts import LET_IN, REFUSED, Caller, build
from tests.live import LiveService, serve

PROXY = "127.0.0.1"
ONE_ATTEMPT = {"rate_limit_per_address": "1/minute"}


def seen(request: Request) -> str:
    """Return from which address a request seems to come."""
    return request.client.host if request.client else ""


def ask(settings: Settings, trusted: str, *forwarded_for: str) -> str:
    """Return the address that a service sees, which trusts these proxies."""
    app = build(settings, trusted_proxies=trusted)
    app.add_api_route("/seen", seen)
    with serve(app) as service:
        headers = [("X-Forwarded-For", text) for text in forwarded_for]
        address: str = service.client.get("/seen", headers=headers).json()
        return address


@pytest.mark.parametrize("trusted", ["", "192.0.2.0/24,::1"], ids=["nobody", "others"])
def test_nobody_may_say_that_they_call_from_elsewhere(settings: Settings, trusted: str) -> None:
    assert ask(settings, trusted, "203.0.113.9") == PROXY


@pytest.mark.parametrize("trusted", [PROXY, "192.0.2.1, 127.0.0.0/8"], ids=["address", "network"])
def test_a_trusted_proxy_says_for_whom_it_asks(settings: Settings, trusted: str) -> None:
    assert ask(settings, trusted, "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    "forwarded_for",
    [
        ["198.51.100.1, 203.0.113.9"],
        ["127.0.0.1, 203.0.113.9"],
        ["198.51.100.1", "203.0.113.9"],
        ["198.51.100.1, 203.0.113.9, 127.0.0.1"],
    ],
    ids=["another", "the proxy's", "in a header of its own", "behind two proxies"],
)
def test_what_a_client_puts_in_front_is_not_believed(
    settings: Settings,
    forwarded_for: list[str],
) -> None:
    assert ask(settings, PROXY, *forwarded_for) == "203.0.113.9"


def forge(service: LiveService) -> list[int]:
    """Try three times, each time pretending to be somebody else."""
    hosts = [f"198.51.100.{number}" for number in range(3)]
    return [Caller(service, host).attempt().status_code for host in hosts]


def test_limits_and_log_see_the_address_of_who_is_not_trusted(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serve(build(settings, trusted_proxies="", **ONE_ATTEMPT)) as service:
        statuses = forge(service)

    assert statuses == [LET_IN, REFUSED, REFUSED]
    assert "too many attempts: 127.0.0.1 at /try" in caplog.text
    assert "198.51.100." not in caplog.text


def test_limits_and_log_see_whom_a_trusted_proxy_names_and_no_forged_one(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with serve(build(settings, trusted_proxies=PROXY, **ONE_ATTEMPT)) as service:
        different = forge(service)
        hosts = [f"198.51.100.{number}, 203.0.113.9" for number in range(3)]
        forged = [Caller(service, host).attempt().status_code for host in hosts]

    assert different == [LET_IN] * 3
    assert forged == [LET_IN, REFUSED, REFUSED]
    assert "too many attempts: 203.0.113.9 at /try" in caplog.text
    assert "198.51.100." not in caplog.text


def test_the_server_trusts_nobody_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_autospec(uvicorn.run)
    monkeypatch.setattr(uvicorn, "run", server)

    CliRunner().invoke(cli, ["serve"])

    assert server.call_args.kwargs["proxy_headers"] is False
