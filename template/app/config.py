"""Settings, and the only place that reads the environment: each field is a variable of `.env`."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
{{ "\nfrom app.auth.config import AuthSettings\n" if auth != "none" else "" }}
# The service's own drivers, whatever the URL says.
DRIVER = "{{ dialect.drivers[concurrency] }}"
MIGRATION_DRIVER = "{{ dialect.drivers.migrations }}"
SCHEMES = frozenset({{ dialect.schemes | to_json }})
# Database of a fresh checkout. Production refuses it.
DEFAULT_DATABASE_URL = "{{ dialect.url }}"


def _comma_separated(value: str | list[str]) -> list[str]:
    """Split `a, b` into its parts."""
    if isinstance(value, list):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _database_url(value: str | URL) -> URL:
    """Accept the URL with or without a driver, set the service's own and keep all the rest."""
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("not a URL; write it like " + DEFAULT_DATABASE_URL) from None
    if url.get_backend_name() not in SCHEMES:
        raise ValueError(
            f"this service runs on {{ dialect.label }}, not on {url.get_backend_name()}; "
            f"write it like {DEFAULT_DATABASE_URL}"
        )
    # {% if not dialect.server %}
    if not url.database or url.database == ":memory:":
        raise ValueError("a database in memory is lost; name a file, as in " + DEFAULT_DATABASE_URL)
    # {% endif %}
    return url.set(drivername=DRIVER)


DatabaseURL = Annotated[URL, NoDecode, BeforeValidator(_database_url)]
CommaSeparated = Annotated[list[str], NoDecode, BeforeValidator(_comma_separated)]
Seconds = Annotated[float, Field(gt=0)]


class Settings({{ settings_bases }}):
    """Settings of a deployment. `.env.example` explains each variable."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        arbitrary_types_allowed=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    cors_origins: CommaSeparated = []
    max_body_size: int = Field(default=1_000_000, gt=0)
    request_retries: int = Field(default=8, ge=0)
    health_timeout: Seconds = 2
    health_db_enabled: bool = False
    # {% if example == "shop" %}
    idempotency_days: int = Field(default=30, ge=0, le=36_500)
    outbox_enabled: bool = True
    outbox_interval: Seconds = 1
    # {% endif %}

    database_url: DatabaseURL = make_url(DEFAULT_DATABASE_URL)
    database_pool_profile: Literal["small", "medium", "large", "none"] = "medium"
    database_pool_size: int | None = Field(default=None, gt=0)
    database_pool_max_overflow: int | None = Field(default=None, ge=0)
    database_pool_timeout: Seconds = 5
    database_pool_recycle: int = Field(default=1800, gt=0)
    database_pool_pre_ping: bool = True
    database_lock_timeout: Seconds = 10
    # {% if dialect.server %}
    database_connect_timeout: int = Field(default=5, gt=1)
    database_statement_timeout: Seconds = 30
    # {% endif %}
    database_migration_timeout: Seconds = 60
    database_echo: bool = False
    database_echo_pool: bool = False
    database_slow_statement: Seconds | None = None
    database_hide_parameters: bool = True

    # Your own settings go below this line.

    @property
    def migration_url(self) -> URL:
        """URL of the same database with the driver of migrations, which is never async."""
        return self.database_url.set(drivername=MIGRATION_DRIVER)

    @model_validator(mode="after")
    def _production_is_configured(self) -> "Settings":
        if self.environment == "production" and "database_url" not in self.model_fields_set:
            raise ValueError("DATABASE_URL: required when ENVIRONMENT is production")
        return self


class SettingsError(SystemExit):
    """The service cannot start. An exit, so that the message has no traceback."""


def _problem(error: Any) -> str:
    """Problem as a line: the variable, then the violated rule."""
    variable = "_".join(str(part) for part in error["loc"]).upper()
    message = error["msg"].removeprefix("Value error, ")
    return f"  {variable}: {message}" if variable else f"  {message}"


@lru_cache
def load_settings() -> Settings:
    """Read the environment and `.env` once.

    Raises SettingsError, which lists every problem at once and how to fix it.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = "\n".join(_problem(problem) for problem in error.errors())
        raise SettingsError(
            f"This service cannot start until these settings are fixed:\n{problems}\n"
            "Set them in the environment, or copy .env.example to .env and edit it."
        ) from None
