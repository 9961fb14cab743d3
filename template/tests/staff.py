"""The user for whom the tests' clients act, unless a test is about somebody else."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.auth.scopes import Scope
from app.auth.tokens import digest_of
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import ApiKey, Role, User, UserCredential
from app.models.base import Base
from tests.production import PRODUCTION

KEY = "a key that only tests know"
HEADERS = {"X-API-Key": KEY}
# Real hashes, but cheap ones; and nobody is slowed down, unless a test is about that.
FAST = {
    "password_memory": 32,
    "password_rounds": 1,
    "rate_limit_per_account": "1000000/minute",
    "rate_limit_per_address": "1000000/minute",
}


def with_staff(settings: Settings) -> Settings:
    """Store the user, and the key that the clients send; return settings for fast tests."""
    with Session(build_migration_engine(settings)) as session:
        user = User(username="staff", email="staff@example.com")
        session.add(user)
        session.flush()
        session.add(UserCredential(user_id=user.id, role=Role.STAFF, password_hash=""))
        session.add(api_key(user.id, KEY))
        session.commit()
    return settings.model_copy(update=FAST)


def api_key(user_id: int, key: str) -> ApiKey:
    """Return a key for a user with all scopes that the user has."""
    scopes = [scope.value for scope in Scope]
    return ApiKey(user_id=user_id, name="tests", prefix="", digest=digest_of(key), scopes=scopes)


def key_of(user_id: int) -> dict[str, str]:
    """Return the header by which a client acts for a user."""
    return {"X-API-Key": f"the key of {user_id}"}


def credentials(user_id: int) -> list[Base]:
    """Return the rows by which a user may act: a member's account, and a key."""
    account = UserCredential(user_id=user_id, role=Role.MEMBER, password_hash="")
    return [account, api_key(user_id, key_of(user_id)["X-API-Key"])]


def forget_staff(settings: Settings) -> None:
    """Delete the user again, for tests that need a database without any."""
    with build_migration_engine(settings).begin() as connection:
        for model in (ApiKey, UserCredential, User):
            connection.execute(delete(model))


def enter_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what production needs."""
    for variable, text in PRODUCTION.items():
        monkeypatch.setenv(variable, text)
