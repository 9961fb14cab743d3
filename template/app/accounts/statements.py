"""What accounts ask the database: each statement returns what it says, or nothing."""

from sqlalchemy import Select, select

from app.accounts.lifetimes import is_open
from app.config import Settings
from app.models import Account, ApiKey, Role, SignIn, User

# Who signs in, or acts through what was issued before: a user who still exists and is active.
# It is asked at each request, so nothing has to be ended when a user is deactivated or deleted.
ALIVE = (User.is_active, User.deleted_at.is_(None))


def locked_user(user_id: int) -> Select[int]:
    """Return the statement after which nobody else changes a user, or what is the user's."""
    return select(User.id).where(User.id == user_id).with_for_update()


def machine(digest: str) -> Select[ApiKey, Role]:
    """Return the statement that finds an API key and the role of its user."""
    return (
        select(ApiKey, Account.role)
        .join(User, User.id == ApiKey.user_id)
        .join(Account, Account.user_id == User.id)
        .where(ApiKey.digest == digest, *ALIVE)
    )


# {% if auth == "jwt" %}
def person(settings: Settings, user_id: int, sign_in_id: int) -> Select[SignIn, Role]:
    """Return the statement that finds a user's sign-in and the role of the user."""
    return people(settings).where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
# {% else %}
def person(settings: Settings, digest: str) -> Select[SignIn, Role]:
    """Return the statement that finds a sign-in by its cookie, and the role of its user."""
    return people(settings).where(SignIn.digest == digest)
# {% endif %}


def people(settings: Settings) -> Select[SignIn, Role]:
    """Return the statement that finds all who are signed in, and their roles."""
    return (
        select(SignIn, Account.role)
        .join(User, User.id == SignIn.user_id)
        .join(Account, Account.user_id == User.id)
        .where(*ALIVE, is_open(settings))
    )
