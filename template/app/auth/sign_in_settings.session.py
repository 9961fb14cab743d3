"""The settings of signing in by a cookie. `.env.example` explains each variable."""

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator


class SignInSettings(BaseModel):
    """What signing in needs to know about a deployment."""

    # The defaults are in app/config.py.
    environment: Literal["development", "production"]
    cors_origins: list[str]

    session_idle_minutes: float = Field(default=30, gt=0)
    session_hours: float = Field(default=12, gt=0)

    @model_validator(mode="after")
    def _origins_are_named(self) -> Self:
        if {"*", "null"}.intersection(self.cors_origins):
            raise ValueError(
                "CORS_ORIGINS: with a cookie, * and null would let any page act for its visitors; "
                "name the origins, like https://shop.example.com"
            )
        return self
