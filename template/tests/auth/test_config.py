"""Settings of auth: read from the environment, validated, and strict in production."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.auth.config import AuthSettings
from app.config import DEFAULT_DATABASE_URL, Settings, SettingsError, load_settings
from tests.live import PRODUCTION

FORM_OF_LIMITS = "write it like 10/minute or 100/15 minutes"
FORM_OF_PROXIES = "write them like 10.0.0.0/8,192.0.2.7"
# Each variable with a text and the value that it means.
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
    """Start without variables, without `.env` and without cached settings."""
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


def start_in_production(monkeypatch: pytest.MonkeyPatch, **others: str) -> Settings:
    return start(monkeypatch, **PRODUCTION | {"DATABASE_URL": DEFAULT_DATABASE_URL} | others)


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize(("variable", "text", "value"), [(k, *v) for k, v in VALUES.items()])
def test_a_setting_is_read_from_its_variable(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
    value: object,
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(load_settings(), variable.lower()) == value


def test_every_setting_is_tested() -> None:
    variables = {name.upper() for name in AuthSettings.model_fields}

    assert set(VALUES) == variables - {"ENVIRONMENT", "CORS_ORIGINS"}


def test_production_starts_with_all_required_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start_in_production(monkeypatch)

    assert settings.environment == "production"


@pytest.mark.parametrize(
    ("variable", "low"),
    [("PASSWORD_MEMORY", "19455"), ("PASSWORD_ROUNDS", "1")],
)
def test_production_needs_strong_hashes(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    low: str,
) -> None:
    with pytest.raises(SettingsError, match="PASSWORD_MEMORY, PASSWORD_ROUNDS: at least"):
        start_in_production(monkeypatch, **{variable: low})


def test_production_needs_https(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL: https is required"):
        start_in_production(monkeypatch, PUBLIC_URL="http://shop.example")


def test_production_needs_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="MAIL_SENDER: smtp is required"):
        start_in_production(monkeypatch, MAIL_SENDER="console")


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("REDIS_URL", "redis://:s3cret@cache.example")

    assert "s3cret" not in f"{load_settings()!r} {load_settings()}"


@pytest.mark.parametrize("variable", ["RATE_LIMIT_PER_ACCOUNT", "RATE_LIMIT_PER_ADDRESS"])
@pytest.mark.parametrize("value", ["", "10", "0/minute", "ten/minute", "10/moon", "5/hour;9/day"])
def test_an_invalid_rate_limit_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)

    assert f"{variable}: {value!r} is no rate limit; {FORM_OF_LIMITS}" in refusal()


@pytest.mark.parametrize("value", ["1/second", "5/15 minutes", "100/hour", "1000/2 days"])
def test_a_valid_rate_limit_is_accepted(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RATE_LIMIT_PER_ACCOUNT", value)

    assert load_settings().rate_limit_per_account == value


# `*` or a host name would trust clients that cannot be listed.
@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.1/8", "192.0.2.1,"])
def test_an_invalid_proxy_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    assert FORM_OF_PROXIES in refusal()


@pytest.mark.parametrize("value", ["", "10.0.0.0/8, 192.0.2.7", "::1,2001:db8::/32"])
def test_addresses_and_networks_of_proxies_are_accepted(
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    assert load_settings().trusted_proxies == value


# {% if auth == "jwt" %}
DEFAULT = Settings.model_fields["jwt_keys"].default["development"].get_secret_value()
OWN = "a secret that is long enough, and its own"


def jwt_keys(**secrets: str) -> str:
    pairs = ", ".join(f'"{key_id}": "{secret}"' for key_id, secret in secrets.items())
    return "{" + pairs + "}"


def test_jwt_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=jwt_keys(b=OWN, a=DEFAULT))

    assert [*settings.jwt_keys] == ["b", "a"]


@pytest.mark.parametrize("secret", ["", "s3cret", "s3" * 15 + "c"])
def test_a_short_jwt_secret_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    with pytest.raises(SettingsError) as refusal:
        start(monkeypatch, JWT_KEYS=jwt_keys(first=OWN, second=secret))

    message = f"{refusal.value}"
    assert "JWT_KEYS: the secret of 'second' has fewer than 32 bytes" in message
    assert "openssl rand -base64 48" in message
    assert OWN not in message
    assert not secret or secret not in message


def test_the_length_of_a_jwt_secret_is_counted_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=jwt_keys(first="\N{SNOWMAN}" * 11))

    assert [*settings.jwt_keys] == ["first"]


@pytest.mark.parametrize("text", ["", OWN, "{}", "[]", '{"1": 2}', '{"1": null}'])
def test_invalid_jwt_keys_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    with pytest.raises(SettingsError, match=r"  JWT_KEYS\w*: ") as refusal:
        start(monkeypatch, JWT_KEYS=text)

    assert OWN not in f"{refusal.value}"


def test_production_starts_with_its_own_jwt_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start_in_production(monkeypatch, JWT_KEYS=jwt_keys(first=OWN))

    assert settings.jwt_keys["first"].get_secret_value() == OWN


def test_production_needs_a_jwt_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {name: text for name, text in PRODUCTION.items() if name != "JWT_KEYS"}

    with pytest.raises(SettingsError, match="JWT_KEYS: a secret of your own is required"):
        start(monkeypatch, DATABASE_URL=DEFAULT_DATABASE_URL, **others)


@pytest.mark.parametrize("secret", [DEFAULT, "0" * 64, "0123" * 16])
def test_production_refuses_a_known_or_repetitive_jwt_secret(
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    with pytest.raises(SettingsError, match="JWT_KEYS: a secret of your own is required"):
        start_in_production(monkeypatch, JWT_KEYS=jwt_keys(new=OWN, old=secret))


def test_jwt_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = start(monkeypatch, JWT_KEYS=jwt_keys(first=OWN))

    assert OWN not in f"{settings!r} {settings} {settings.jwt_keys}"


# {% endif %}
def test_redis_without_its_package_is_refused_with_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")

    message = refusal()

    assert "REDIS_URL: " in message
    assert "`uv sync --extra redis`" in message


def test_a_url_of_another_kind_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "memcached://someone:s3cret@127.0.0.1")

    message = refusal()

    assert "REDIS_URL: not a Redis URL; write it like redis://127.0.0.1:6379/0" in message
    assert "s3cret" not in message
