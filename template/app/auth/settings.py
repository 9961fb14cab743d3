"""The settings of accounts. `.env.example` explains each variable."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from app.auth.protection_settings import ProtectionSettings
from app.auth.sign_in_settings import SignInSettings

# The least that OWASP's Password Storage Cheat Sheet gives for Argon2id: kibibytes, and rounds.
LEAST_MEMORY = 19456
LEAST_ROUNDS = 2


class AccountSettings(ProtectionSettings, SignInSettings):
    """What accounts need to know about a deployment."""

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

    @model_validator(mode="after")
    def _production_sends_mail(self) -> Self:
        if self.environment == "production" and self.mail_sender == "console":
            raise ValueError("MAIL_SENDER: smtp is required when ENVIRONMENT is production")
        return self

    @model_validator(mode="after")
    def _production_hashes_well(self) -> Self:
        low = self.password_memory < LEAST_MEMORY or self.password_rounds < LEAST_ROUNDS
        if self.environment == "production" and low:
            least = f"at least {LEAST_MEMORY} and {LEAST_ROUNDS} when ENVIRONMENT is production"
            raise ValueError(f"PASSWORD_MEMORY, PASSWORD_ROUNDS: {least}")
        return self

    @model_validator(mode="after")
    def _production_is_reached_by_https(self) -> Self:
        if self.environment == "production" and not self.public_url.startswith("https:"):
            raise ValueError("PUBLIC_URL: https is required when ENVIRONMENT is production")
        return self
