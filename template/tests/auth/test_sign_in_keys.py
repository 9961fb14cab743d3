"""Keys that anybody could know or guess are refused at start, by a message that helps."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from app.auth.sign_in_settings import DEVELOPMENT_KEYS
from app.config import Settings, SettingsError, load_settings
from app.database.url import DEFAULT_DATABASE_URL
from tests.production import PRODUCTION

DEFAULT = DEVELOPMENT_KEYS["development"].get_secret_value()
OWN = "a secret that is long enough, of one's own"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[None]:
    """Start without variables, without `.env` and with nothing read before."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def start(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    return load_settings()


def start_in_production(monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]) -> Settings:
    own = {"DATABASE_URL": DEFAULT_DATABASE_URL, "JWT_KEYS": json.dumps(keys)}
    return start(monkeypatch, **PRODUCTION | own)


def test_the_first_key_is_the_one_that_is_written_first(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=json.dumps({"b": OWN, "a": DEFAULT}))

    assert [*settings.jwt_keys] == ["b", "a"]


@pytest.mark.parametrize("secret", ["", "s3cret", "s3" * 15 + "c"])
def test_a_short_secret_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    with pytest.raises(SettingsError) as refusal:
        start(monkeypatch, JWT_KEYS=json.dumps({"first": OWN, "second": secret}))

    message = f"{refusal.value}"
    assert "JWT_KEYS: the secret of 'second' has fewer than 32 bytes" in message
    assert "openssl rand -base64 48" in message
    assert OWN not in message
    assert not secret or secret not in message


def test_bytes_count_and_not_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=json.dumps({"1": "\N{SNOWMAN}" * 11}))

    assert [*settings.jwt_keys] == ["1"]


@pytest.mark.parametrize("text", ["", OWN, "{}", "[]", '{"1": 2}', '{"1": null}'])
def test_what_is_no_table_of_secrets_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    with pytest.raises(SettingsError, match=r"  JWT_KEYS\w*: ") as refusal:
        start(monkeypatch, JWT_KEYS=text)

    assert OWN not in f"{refusal.value}"


def test_production_starts_with_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start_in_production(monkeypatch, {"1": OWN})

    assert settings.jwt_keys["1"].get_secret_value() == OWN


def test_production_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {name: text for name, text in PRODUCTION.items() if name != "JWT_KEYS"}

    with pytest.raises(SettingsError, match="JWT_KEYS: a secret of your own is required"):
        start(monkeypatch, DATABASE_URL=DEFAULT_DATABASE_URL, **others)


@pytest.mark.parametrize("secret", [DEFAULT, "0" * 64, "0123" * 16])
def test_production_refuses_a_secret_that_others_know_or_find(
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    with pytest.raises(SettingsError, match="JWT_KEYS: a secret of your own is required"):
        start_in_production(monkeypatch, {"new": OWN, "old": secret})


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=json.dumps({"1": OWN}))

    assert OWN not in f"{settings!r} {settings} {settings.jwt_keys}"
