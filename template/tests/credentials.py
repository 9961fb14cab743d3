# {% if auth == "none" %}
"""Headers by which clients act for a user: none, because this service has no login."""

STAFF_HEADERS: dict[str, str] = {}


def member_headers(_user_id: int) -> dict[str, str]:
    """Headers by which a client acts for a user."""
    return {}
# {% else %}
"""The staff user and members for whom the tests' clients act, by API keys."""

from sqlalchemy.orm import Session

from app.auth.scopes import Scope
from app.auth.tokens import digest_of
from app.config import Settings
from app.database.migration import build_migration_engine
from app.models import ApiKey, Role, User, UserCredential
from app.models.base import Base

STAFF_KEY = "a key that only tests know"
STAFF_HEADERS = {"X-API-Key": STAFF_KEY}
# Real hashes, but cheap ones; and no rate limit, unless a test is about that.
FAST_SETTINGS = {
    "password_memory": 32,
    "password_rounds": 1,
    "rate_limit_per_account": "1000000/minute",
    "rate_limit_per_address": "1000000/minute",
}


def with_staff(settings: Settings) -> Settings:
    """Store the staff user and the key of `staff_client`; return settings for fast tests."""
    with Session(build_migration_engine(settings)) as session:
        user = User(username="staff", email="staff@example.com")
        session.add(user)
        session.flush()
        session.add(UserCredential(user_id=user.id, role=Role.STAFF, password_hash=""))
        session.add(api_key(user.id, STAFF_KEY))
        session.commit()
    return settings.model_copy(update=FAST_SETTINGS)


def api_key(user_id: int, key: str) -> ApiKey:
    """API key with all scopes; it can do what its user's role allows."""
    scopes = [scope.value for scope in Scope]
    return ApiKey(user_id=user_id, name="tests", prefix="", digest=digest_of(key), scopes=scopes)


def member_headers(user_id: int) -> dict[str, str]:
    """Headers by which a client acts for a user with `member_credentials`."""
    return {"X-API-Key": f"the key of {user_id}"}


def member_credentials(user_id: int) -> list[Base]:
    """Rows that let a user send requests: the credential of a member, and an API key."""
    credential = UserCredential(user_id=user_id, role=Role.MEMBER, password_hash="")
    return [credential, api_key(user_id, member_headers(user_id)["X-API-Key"])]
# {% endif %}
