"""The settings against abuse. `.env.example` explains each variable."""

import re
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, SecretStr

ATTEMPTS = re.compile(r"[1-9]\d{0,8}/([1-9]\d{0,3} )?(second|minute|hour|day)s?")
REDIS = ("redis://", "rediss://", "redis+unix://")


def _attempts(value: str) -> str:
    if not ATTEMPTS.fullmatch(value):
        raise ValueError(f"{value!r} is no limit; write it like 10/minute or 100/15 minutes")
    return value


def _proxies(value: str) -> str:
    """Refuse `*` and names too: with them the proxies' own word could be forged, or not be read."""
    for part in value.split(",") if value else []:
        try:
            ip_network(part.strip())
        except ValueError:
            raise ValueError(
                f"{part!r} is no address and no network; write them like 10.0.0.0/8,192.0.2.7"
            ) from None
    return value


def _redis(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    if not value.get_secret_value().startswith(REDIS):
        raise ValueError("not a URL of Redis; write it like redis://127.0.0.1:6379/0")
    if find_spec("redis") is None:
        raise ValueError("needs a package that is not installed; run `uv sync --extra redis`")
    return value


Attempts = Annotated[str, AfterValidator(_attempts)]


class ProtectionSettings(BaseModel):
    """What limits and proxies need to know about a deployment."""

    rate_limit_per_account: Attempts = "10/minute"
    rate_limit_per_address: Attempts = "100/minute"
    redis_url: Annotated[SecretStr | None, AfterValidator(_redis)] = None
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""
