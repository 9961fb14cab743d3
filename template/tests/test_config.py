"""Settings come from the environment, and all that is wrong with them is told at once."""

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from app.config import (
    DEFAULT_DATABASE_URL,
    DRIVER,
    MIGRATION_DRIVER,
    SCHEMES,
    Settings,
    SettingsError,
    load_settings,
)
from tests.live import PRODUCTION

EXAMPLE = Path(__file__).parents[1] / ".env.example"
URL_WITH_ALL = "//someone:p%40ss%2Fw:rd@db.example:7000/stock?first=1&second=2"
ORIGINS = ("https://a.example", "https://b.example")

# Each variable with a text for it, and what the text means.
VALUES = {
    "ENVIRONMENT": ("development", "development"),
    "LOG_LEVEL": ("WARNING", "WARNING"),
    "CORS_ORIGINS": (" https://a.example, https://b.example,", list(ORIGINS)),
    "MAX_BODY_SIZE": ("5000", 5000),
    "HEALTH_TIMEOUT": ("0.5", 0.5),
    "HEALTH_DB_ENABLED": ("true", True),
    "REQUEST_RETRIES": ("0", 0),
    # {% if example == "shop" %}
    "IDEMPOTENCY_DAYS": ("7", 7),
    "OUTBOX_ENABLED": ("false", False),
    "OUTBOX_INTERVAL": ("0.5", 0.5),
    # {% endif %}
    "DATABASE_URL": (DEFAULT_DATABASE_URL, make_url(DEFAULT_DATABASE_URL).set(drivername=DRIVER)),
    "DATABASE_POOL_PROFILE": ("none", "none"),
    "DATABASE_POOL_SIZE": ("3", 3),
    "DATABASE_POOL_MAX_OVERFLOW": ("0", 0),
    "DATABASE_POOL_TIMEOUT": ("1.5", 1.5),
    "DATABASE_POOL_RECYCLE": ("60", 60),
    "DATABASE_POOL_PRE_PING": ("false", False),
    "DATABASE_LOCK_TIMEOUT": ("2", 2),
    # {% if dialect.server %}
    "DATABASE_CONNECT_TIMEOUT": ("3", 3),
    "DATABASE_STATEMENT_TIMEOUT": ("4", 4),
    # {% endif %}
    "DATABASE_MIGRATION_TIMEOUT": ("90", 90),
    "DATABASE_ECHO": ("true", True),
    "DATABASE_ECHO_POOL": ("true", True),
    "DATABASE_SLOW_STATEMENT": ("0.5", 0.5),
    "DATABASE_HIDE_PARAMETERS": ("false", False),
    # Your own settings go below this line.
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


def database_url(monkeypatch: pytest.MonkeyPatch, text: str) -> URL:
    monkeypatch.setenv("DATABASE_URL", text)
    return load_settings().database_url


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize(("variable", "text", "value"), [(k, *v) for k, v in VALUES.items()])
def test_a_setting_comes_from_its_variable(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    text: str,
    value: object,
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(load_settings(), variable.lower()) == value


def test_every_setting_is_tested_and_explained() -> None:
    # Not those that it has from elsewhere, which have tests of their own.
    own = {name.upper() for name in Settings.__annotations__}
    variables = {name.upper() for name in Settings.model_fields}
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    explained = {line.removeprefix("# ").partition("=")[0] for line in lines if "=" in line}

    assert set(VALUES) == own
    assert explained == variables


def test_a_file_called_env_is_read_and_a_variable_wins_over_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("MAX_BODY_SIZE=8\nDATABASE_POOL_SIZE=9\n", encoding="utf-8")
    monkeypatch.setenv("MAX_BODY_SIZE", "7")

    settings = load_settings()

    assert (settings.max_body_size, settings.database_pool_size) == (7, 9)


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_settings()
    monkeypatch.setenv("MAX_BODY_SIZE", "7")

    assert load_settings() is before


def test_all_problems_are_told_at_once_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "0")
    monkeypatch.setenv("DATABASE_URL", "nothing")

    message = refusal()

    assert "LOG_LEVEL: " in message
    assert "DATABASE_POOL_SIZE: " in message
    assert f"DATABASE_URL: not a URL; write it like {DEFAULT_DATABASE_URL}" in message
    assert ".env.example" in message


def test_wrong_settings_end_the_process_without_a_traceback() -> None:
    assert issubclass(SettingsError, SystemExit)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("driver", ["", "+another"], ids=["without driver", "another driver"])
def test_the_service_sets_the_driver_and_keeps_all_the_rest(
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    driver: str,
) -> None:
    url = database_url(monkeypatch, f"{scheme}{driver}:{URL_WITH_ALL}")

    assert url == make_url(f"{DRIVER}:{URL_WITH_ALL}")
    assert url.password == "p@ss/w:rd"
    assert load_settings().migration_url == make_url(f"{MIGRATION_DRIVER}:{URL_WITH_ALL}")


def test_the_url_of_another_database_is_refused_naming_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "oracle://someone:s3cret@db.example/stock")

    message = refusal()

    assert "runs on {{ dialect.label }}, not on oracle" in message
    assert "s3cret" not in message


# {% if not dialect.server %}
@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    assert "name a file" in refusal()


# {% endif %}
def enter_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in PRODUCTION.items():
        monkeypatch.setenv(variable, text)


def test_production_needs_a_database_url_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    enter_production(monkeypatch)

    assert "DATABASE_URL: required when ENVIRONMENT is production" in refusal()


def test_production_starts_with_a_database_url_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    enter_production(monkeypatch)
    monkeypatch.setenv("DATABASE_URL", DEFAULT_DATABASE_URL)

    assert load_settings().environment == "production"


def test_no_origin_is_allowed_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "")

    assert load_settings().cors_origins == []


def test_the_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme = min(SCHEMES)
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://someone:s3cret@db.example/stock")

    settings = load_settings()

    assert settings.database_url.password == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.database_url}"
