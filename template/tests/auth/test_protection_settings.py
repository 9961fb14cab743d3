"""Limits, Redis and proxies are set in one form each; another one is refused at the start."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from app.config import SettingsError, load_settings

FORM_OF_LIMITS = "write it like 10/minute or 100/15 minutes"
FORM_OF_PROXIES = "write them like 10.0.0.0/8,192.0.2.7"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[None]:
    """Start without `.env` and with nothing read before."""
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize("variable", ["RATE_LIMIT_PER_ACCOUNT", "RATE_LIMIT_PER_ADDRESS"])
@pytest.mark.parametrize("value", ["", "10", "0/minute", "ten/minute", "10/moon", "5/hour;9/day"])
def test_a_limit_in_another_form_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)

    assert f"{variable}: {value!r} is no limit; {FORM_OF_LIMITS}" in refusal()


@pytest.mark.parametrize("value", ["1/second", "5/15 minutes", "100/hour", "1000/2 days"])
def test_a_limit_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RATE_LIMIT_PER_ACCOUNT", value)

    assert load_settings().rate_limit_per_account == value


# Whom `*` or a name would trust, nobody could tell.
@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.1/8", "192.0.2.1,"])
def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    assert FORM_OF_PROXIES in refusal()


@pytest.mark.parametrize("value", ["", "10.0.0.0/8, 192.0.2.7", "::1,2001:db8::/32"])
def test_addresses_and_networks_of_proxies_are_taken(
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    assert load_settings().trusted_proxies == value


def test_a_redis_without_its_package_is_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")

    message = refusal()

    assert "REDIS_URL: " in message
    assert "`uv sync --extra redis`" in message


def test_a_url_of_something_else_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "memcached://someone:s3cret@127.0.0.1")

    message = refusal()

    assert "REDIS_URL: not a URL of Redis; write it like redis://127.0.0.1:6379/0" in message
    assert "s3cret" not in message
