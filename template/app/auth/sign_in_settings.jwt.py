"""The settings of signing in by tokens. `.env.example` explains each variable."""

import json
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

# As long as the digest, as RFC 7518 asks for: a shorter one can be guessed.
SECRET_BYTES = 32
# Fewer different characters than any random secret has.
FEW_CHARACTERS = 8
WAY_OUT = "make one by `openssl rand -base64 48`"
# Good enough to try things out; production refuses it.
DEVELOPMENT_KEYS = {"development": SecretStr("only-for-development-and-known-to-all")}


def _from_json(value: object) -> object:
    """Read what a person writes in `.env`."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('not JSON; write it like {"2030-01": "a secret"}') from None


def _long_enough(keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
    """Return the keys. The error names a key and tells nothing of its secret."""
    for key_id, secret in keys.items():
        if len(secret.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(
                f"the secret of {key_id!r} has fewer than {SECRET_BYTES} bytes; {WAY_OUT}"
            )
    return keys


def _is_known(secret: SecretStr) -> bool:
    """Tell whether others may know a secret, or find it soon."""
    known = secret in DEVELOPMENT_KEYS.values()
    return known or len(set(secret.get_secret_value())) < FEW_CHARACTERS


Keys = Annotated[
    dict[str, SecretStr],
    Field(min_length=1),
    NoDecode,
    BeforeValidator(_from_json),
    AfterValidator(_long_enough),
]


class SignInSettings(BaseModel):
    """What signing in needs to know about a deployment."""

    # The default is in app/config.py.
    environment: Literal["development", "production"]

    # By key id. The first one signs; all of them verify, so that keys can change.
    jwt_keys: Keys = DEVELOPMENT_KEYS
    jwt_issuer: str = "http://127.0.0.1:8000"
    jwt_audience: str = "http://127.0.0.1:8000"
    access_token_minutes: float = Field(default=15, gt=0)
    refresh_token_days: float = Field(default=30, gt=0)
    refresh_token_idle_days: float = Field(default=14, gt=0)

    @model_validator(mode="after")
    def _production_has_keys(self) -> Self:
        if self.environment == "production" and any(map(_is_known, self.jwt_keys.values())):
            raise ValueError(
                "JWT_KEYS: a secret of your own is required when ENVIRONMENT is production; "
                f"{WAY_OUT}"
            )
        return self
