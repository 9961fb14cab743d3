"""Settings, and the only place that reads the environment: each field is a variable of `.env`."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url

# {% if auth != "none" %}
from app.auth.settings import AccountSettings
# {% endif %}
from app.database.url import DEFAULT_DATABASE_URL, MIGRATION_DRIVER, DatabaseURL


def _comma_separated(value: str | list[str]) -> list[str]:
    """Split `a, b` into its parts: what a person writes in `.env`."""
    if isinstance(value, list):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


CommaSeparated = Annotated[list[str], NoDecode, BeforeValidator(_comma_separated)]
Seconds = Annotated[float, Field(gt=0)]


class Settings({{ settings_bases }}):
    """What differs from one deployment to the next. `.env.example` explains each variable."""

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
        """The same database by the driver that migrations use, which is never an async one."""
        return self.database_url.set(drivername=MIGRATION_DRIVER)

    @model_validator(mode="after")
    def _production_is_configured(self) -> "Settings":
        if self.environment == "production" and "database_url" not in self.model_fields_set:
            raise ValueError("DATABASE_URL: required when ENVIRONMENT is production")
        return self


class SettingsError(SystemExit):
    """The service cannot start. An exit, so that the reader sees the message and no traceback."""


def _problem(error: Any) -> str:
    """One problem as a line: the variable, then the rule it breaks."""
    variable = "_".join(str(part) for part in error["loc"]).upper()
    message = error["msg"].removeprefix("Value error, ")
    return f"  {variable}: {message}" if variable else f"  {message}"


@lru_cache
def load_settings() -> Settings:
    """Read the environment and `.env` once.

    Raises SettingsError with every problem at once, and the way out.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = "\n".join(_problem(problem) for problem in error.errors())
        raise SettingsError(
            f"This service cannot start until these settings are fixed:\n{problems}\n"
            "Set them in the environment, or copy .env.example to .env and edit it."
        ) from None
