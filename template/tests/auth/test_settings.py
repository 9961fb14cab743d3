"""The settings of accounts come from the environment, and production starts with its own only."""

from collections.abc import Generator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.auth.settings import AccountSettings
from app.config import Settings, SettingsError, load_settings
from app.database.url import DEFAULT_DATABASE_URL
from tests.production import PRODUCTION

# Each variable with a text for it, and what the text means.
VALUES = {
    "PUBLIC_URL": ("https://shop.example", "https://shop.example"),
    "SECOND_FACTOR_IN_FRONT": ("true", True),
    "PASSWORD_MEMORY": ("19456", 19456),
    "PASSWORD_ROUNDS": ("2", 2),
    "PASSWORD_THREADS": ("4", 4),
    "MAIL_SENDER": ("smtp", "smtp"),
    "MAIL_FROM": ("shop@shop.example", "shop@shop.example"),
    "SMTP_HOST": ("mail.example", "mail.example"),
    "SMTP_PORT": ("465", 465),
    "SMTP_SECURITY": ("tls", "tls"),
    "SMTP_USERNAME": ("shop", "shop"),
    "SMTP_PASSWORD": ("s3cret", SecretStr("s3cret")),
    "RATE_LIMIT_PER_ACCOUNT": ("5/minute", "5/minute"),
    "RATE_LIMIT_PER_ADDRESS": ("50/minute", "50/minute"),
    "REDIS_URL": ("redis://cache.example", SecretStr("redis://cache.example")),
    "TRUSTED_PROXIES": ("10.0.0.0/8", "10.0.0.0/8"),
    # {% if auth == "jwt" %}
    "JWT_KEYS": ('{"1": "' + "k" * 32 + '"}', {"1": SecretStr("k" * 32)}),
    "JWT_ISSUER": ("https://shop.example", "https://shop.example"),
    "JWT_AUDIENCE": ("https://shop.example", "https://shop.example"),
    "ACCESS_TOKEN_MINUTES": ("5", 5),
    "REFRESH_TOKEN_DAYS": ("7", 7),
    "REFRESH_TOKEN_IDLE_DAYS": ("2", 2),
    # {% else %}
    "SESSION_IDLE_MINUTES": ("10", 10),
    "SESSION_HOURS": ("8", 8),
    # {% endif %}
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[None]:
    """Start without variables, without `.env` and with nothing read before."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def start_in_production(monkeypatch: pytest.MonkeyPatch, **others: str) -> Settings:
    for variable, text in (PRODUCTION | {"DATABASE_URL": DEFAULT_DATABASE_URL} | others).items():
        monkeypatch.setenv(variable, text)
    return load_settings()


@pytest.mark.parametrize(("variable", "text", "value"), [(k, *v) for k, v in VALUES.items()])
def test_a_setting_comes_from_its_variable(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
    value: object,
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(load_settings(), variable.lower()) == value


def test_every_setting_is_tested() -> None:
    variables = {name.upper() for name in AccountSettings.model_fields}

    assert set(VALUES) == variables - {"ENVIRONMENT", "CORS_ORIGINS"}


def test_production_starts_with_all_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start_in_production(monkeypatch)

    assert settings.environment == "production"


@pytest.mark.parametrize(
    ("variable", "low"),
    [("PASSWORD_MEMORY", "19455"), ("PASSWORD_ROUNDS", "1")],
)
def test_production_hashes_well(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    low: str,
) -> None:
    with pytest.raises(SettingsError, match="PASSWORD_MEMORY, PASSWORD_ROUNDS: at least"):
        start_in_production(monkeypatch, **{variable: low})


def test_production_is_reached_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL: https is required"):
        start_in_production(monkeypatch, PUBLIC_URL="http://shop.example")


def test_production_prints_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="MAIL_SENDER: smtp is required"):
        start_in_production(monkeypatch, MAIL_SENDER="console")


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("REDIS_URL", "redis://:s3cret@cache.example")

    assert "s3cret" not in f"{load_settings()!r} {load_settings()}"
