"""`app db prune` deletes what has ended of sign-ins and tokens, and nothing that is still good."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
# {% if auth == "jwt" %}
from app.models import Base, EmailToken, RefreshToken, TokenPurpose, UserSession
# {% else %}
from app.models import Base, EmailToken, TokenPurpose, UserSession
# {% endif %}
from app.models.base import utc_now
from tests.databases import migrated_database

STAFF = 1
HOUR = timedelta(hours=1)
runner = CliRunner()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database, to which DATABASE_URL points."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        yield settings
    load_settings.cache_clear()


def add(settings: Settings, *rows: Base) -> None:
    with Session(build_migration_engine(settings), expire_on_commit=False) as session:
        session.add_all(rows)
        session.commit()


def left(settings: Settings, column: Any) -> set[str]:
    with Session(build_migration_engine(settings)) as session:
        return set(session.scalars(select(column)))


def sign_in(name: str, expires_at: datetime) -> UserSession:
    values = {"client": name, "digest": name}
    known = {key: value for key, value in values.items() if key in UserSession.__table__.c}
    return UserSession(user_id=STAFF, expires_at=expires_at, **known)


def mailed(name: str, expires_at: datetime) -> EmailToken:
    token = EmailToken(user_id=STAFF, purpose=TokenPurpose.RESET, digest=name)
    token.expires_at = expires_at
    return token


def test_what_has_ended_is_deleted_and_the_rest_stays(database: Settings) -> None:
    times = {"open": utc_now() + HOUR, "ended": utc_now() - HOUR}
    add(database, *[sign_in(name, time) for name, time in times.items()])
    add(database, *[mailed(name, time) for name, time in times.items()])

    result = runner.invoke(cli, ["db", "prune"])

    assert result.exit_code == 0
    assert "Deleted 2 sign-ins and tokens that had ended." in result.stdout
    assert left(database, UserSession.client) == {"open"}
    assert left(database, EmailToken.digest) == {"open"}


# {% if auth == "jwt" %}
def test_refresh_tokens_go_with_their_sign_in(database: Settings) -> None:
    for name, time in {"open": utc_now() + HOUR, "ended": utc_now() - HOUR}.items():
        made = sign_in(name, time)
        add(database, made)
        add(database, RefreshToken(session_id=made.id, digest=name))

    runner.invoke(cli, ["db", "prune"])

    assert left(database, RefreshToken.digest) == {"open"}
# {% else %}
def test_a_session_that_was_left_alone_has_ended(database: Settings) -> None:
    alone = sign_in("alone", utc_now() + HOUR)
    alone.last_used_at = utc_now() - timedelta(minutes=31)
    add(database, alone, sign_in("used", utc_now() + HOUR))

    runner.invoke(cli, ["db", "prune"])

    assert left(database, UserSession.client) == {"used"}
# {% endif %}
