"""Settings of authentication. `.env.example` explains each variable."""

import re
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Annotated, Literal, Self

# {% if auth == "jwt" %}
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, model_validator
from pydantic_core import from_json
from pydantic_settings import NoDecode
# {% else %}
from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator
# {% endif %}

RATE_LIMIT = re.compile(r"[1-9]\d{0,8}/([1-9]\d{0,3} )?(second|minute|hour|day)s?")
REDIS_SCHEMES = ("redis://", "rediss://", "redis+unix://")
# Minimum of OWASP's Password Storage Cheat Sheet for Argon2id: memory in kibibytes, and rounds.
MIN_MEMORY = 19456
MIN_ROUNDS = 2


def _rate_limit(value: str) -> str:
    if not RATE_LIMIT.fullmatch(value):
        raise ValueError(f"{value!r} is no rate limit; write it like 10/minute or 100/15 minutes")
    return value


def _proxies(value: str) -> str:
    """Refuse `*` and host names: any client could then forge its address."""
    for part in value.split(",") if value else []:
        try:
            ip_network(part.strip())
        except ValueError:
            raise ValueError(
                f"{part!r} is no address and no network; write them like 10.0.0.0/8,192.0.2.7"
            ) from None
    return value


def _redis_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(REDIS_SCHEMES):
        raise ValueError("not a Redis URL; write it like redis://127.0.0.1:6379/0")
    if find_spec("redis") is None:
        raise ValueError("needs a package that is not installed; run `uv sync --extra redis`")
    return value


RateLimit = Annotated[str, AfterValidator(_rate_limit)]


# {% if auth == "jwt" %}
# Length of an HS256 digest, the minimum of RFC 7518; a shorter secret can be guessed.
MIN_SECRET_BYTES = 32
# Fewer different characters than any random secret has.
MIN_SECRET_CHARACTERS = 8
GENERATE_ONE = "generate one with `openssl rand -base64 48`"
# Production refuses it.
DEVELOPMENT_KEYS = {"development": SecretStr("only-for-development-and-known-to-all")}


def _jwt_keys_from_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        raise ValueError('not JSON; write it like {"2030-01": "a secret"}') from None


def _long_secrets(keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
    """Refuse short secrets. The error names the key id, never the secret."""
    for key_id, secret in keys.items():
        if len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(
                f"the secret of {key_id!r} has fewer than {MIN_SECRET_BYTES} bytes; {GENERATE_ONE}"
            )
    return keys


def _is_guessable(secret: SecretStr) -> bool:
    published = secret in DEVELOPMENT_KEYS.values()
    return published or len(set(secret.get_secret_value())) < MIN_SECRET_CHARACTERS


JWTKeys = Annotated[
    dict[str, SecretStr],
    Field(min_length=1),
    NoDecode,
    BeforeValidator(_jwt_keys_from_json),
    AfterValidator(_long_secrets),
]


class BackendSettings(BaseModel):
    """Settings of access tokens and refresh tokens."""

    # The default is in app/config.py.
    environment: Literal["development", "production"]

    # By key id. The first one signs, all of them verify, so that keys can be rotated.
    jwt_keys: JWTKeys = DEVELOPMENT_KEYS
    jwt_issuer: str = "http://127.0.0.1:8000"
    jwt_audience: str = "http://127.0.0.1:8000"
    access_token_minutes: float = Field(default=15, gt=0)
    refresh_token_days: float = Field(default=30, gt=0)
    refresh_token_idle_days: float = Field(default=14, gt=0)

    @model_validator(mode="after")
    def _production_has_jwt_keys(self) -> Self:
        if self.environment == "production" and any(map(_is_guessable, self.jwt_keys.values())):
            raise ValueError(
                "JWT_KEYS: a secret of your own is required when ENVIRONMENT is production; "
                f"{GENERATE_ONE}"
            )
        return self


# {% else %}
class BackendSettings(BaseModel):
    """Settings of session cookies."""

    # The defaults are in app/config.py.
    environment: Literal["development", "production"]
    cors_origins: list[str]

    session_idle_minutes: float = Field(default=30, gt=0)
    session_hours: float = Field(default=12, gt=0)

    @model_validator(mode="after")
    def _cors_origins_are_named(self) -> Self:
        if {"*", "null"}.intersection(self.cors_origins):
            raise ValueError(
                "CORS_ORIGINS: with a cookie, * and null would let any site act for users; "
                "name the origins, like https://shop.example.com"
            )
        return self


# {% endif %}
class AuthSettings(BackendSettings):
    """Settings of authentication, mail and rate limits."""

    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/]+$")
    second_factor_in_front: bool = False
    password_memory: int = Field(default=65536, ge=32)
    password_rounds: int = Field(default=3, ge=1)
    password_threads: int = Field(default=2, ge=1)
    mail_sender: Literal["console", "smtp"] = "console"
    mail_from: str = "no-reply@localhost"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=587, gt=0, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    rate_limit_per_account: RateLimit = "10/minute"
    rate_limit_per_address: RateLimit = "100/minute"
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] | None = None
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""

    @model_validator(mode="after")
    def _production_sends_mail(self) -> Self:
        if self.environment == "production" and self.mail_sender == "console":
            raise ValueError("MAIL_SENDER: smtp is required when ENVIRONMENT is production")
        return self

    @model_validator(mode="after")
    def _production_hashes_well(self) -> Self:
        low = self.password_memory < MIN_MEMORY or self.password_rounds < MIN_ROUNDS
        if self.environment == "production" and low:
            raise ValueError(
                f"PASSWORD_MEMORY, PASSWORD_ROUNDS: at least {MIN_MEMORY} and "
                f"{MIN_ROUNDS} when ENVIRONMENT is production"
            )
        return self

    @model_validator(mode="after")
    def _production_uses_https(self) -> Self:
        if self.environment == "production" and not self.public_url.startswith("https:"):
            raise ValueError("PUBLIC_URL: https is required when ENVIRONMENT is production")
        return self
