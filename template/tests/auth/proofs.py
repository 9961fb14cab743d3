"""What proves who a user is, and how much of it there is."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.tokens import digest_of, new_token
from app.config import Settings
from app.database.migration import build_migration_engine
# {% if auth == "jwt" %}
from app.models import ApiKey, EmailToken, RefreshToken, TokenPurpose, UserSession
# {% else %}
from app.models import ApiKey, EmailToken, TokenPurpose, UserSession
# {% endif %}
from app.models.base import utc_now


def add_proofs(settings: Settings, user_id: int) -> None:
    """Store two sign-ins of a user, with all that belongs to them; a key, and a token by mail."""
    with Session(build_migration_engine(settings)) as session:
        for _ in range(2):
            _add_sign_in(session, user_id)
        token = EmailToken(user_id=user_id, purpose=TokenPurpose.RESET, digest=_digest())
        token.expires_at = utc_now() + timedelta(hours=1)
        session.add_all([new_key(user_id), token])
        session.commit()


def new_key(user_id: int) -> ApiKey:
    """Return a key of a user that is not stored yet."""
    return ApiKey(user_id=user_id, name="tests", prefix="", digest=_digest(), scopes=[])


def proofs_of(settings: Settings, user_id: int) -> dict[str, int]:
    """Return how many rows there are of each kind."""
    user_sessions = select(UserSession.id).where(UserSession.user_id == user_id)
    counts = {
        "sign-ins": select(func.count()).select_from(user_sessions.subquery()),
        "keys": select(func.count(ApiKey.id)).where(ApiKey.user_id == user_id),
        "tokens": select(func.count(EmailToken.id)).where(EmailToken.user_id == user_id),
    }
    with Session(build_migration_engine(settings)) as session:
        return {kind: session.scalars(statement).one() for kind, statement in counts.items()}


# {% if auth == "jwt" %}
def loose_ends(settings: Settings) -> int:
    """Return how many rows belong to sign-ins that are not there."""
    statement = select(func.count(RefreshToken.id)).where(
        RefreshToken.session_id.not_in(select(UserSession.id)),
    )
    with Session(build_migration_engine(settings)) as session:
        return session.scalars(statement).one()


def _add_sign_in(session: Session, user_id: int) -> None:
    sign_in = UserSession(
        user_id=user_id, client="tests", expires_at=utc_now() + timedelta(hours=1)
    )
    session.add(sign_in)
    session.flush()
    session.add(RefreshToken(session_id=sign_in.id, digest=_digest()))
# {% else %}
def loose_ends(_settings: Settings) -> int:
    """Return how many rows belong to sign-ins that are not there: nothing belongs to one."""
    return 0


def _add_sign_in(session: Session, user_id: int) -> None:
    sign_in = UserSession(user_id=user_id, client="tests", digest=_digest())
    sign_in.expires_at = utc_now() + timedelta(hours=1)
    session.add(sign_in)
# {% endif %}


def _digest() -> str:
    return digest_of(new_token())
