"""`app users` in tests, and what it leaves in the database."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
from app.models import User, UserCredential
from tests.databases import migrated_database
from tests.staff import FAST

numbers = count(1)
# The accent is a character of its own here, as some keyboards send it.
PASSWORD = "cafe\N{COMBINING ACUTE ACCENT} with thirty yellow chairs"
runner = CliRunner()


@contextmanager
def database_of_commands(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """Give settings of a database to which DATABASE_URL points, with cheap hashes."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        for name in ("password_memory", "password_rounds"):
            monkeypatch.setenv(name.upper(), f"{FAST[name]}")
        yield settings
    load_settings.cache_clear()


def new_email() -> str:
    """Return an address that nobody has."""
    return f"ada-{next(numbers)}@example.com"


def name_of(email: str) -> str:
    return email.partition("@")[0]


def run(command: str, email: str, *options: str, typed: str = "") -> Result:
    load_settings.cache_clear()
    return runner.invoke(cli, ["users", command, email, *options], input=typed)


def create(email: str, *options: str, password: str = PASSWORD) -> Result:
    """Add a user, with the username that is in the address unless the options say otherwise."""
    names = () if "--username" in options else ("--username", name_of(email))
    return run("create", email, *names, *options, "--password-stdin", typed=f"{password}\n")


def stored(settings: Settings, email: str) -> tuple[User, UserCredential]:
    """Return what is stored of a user, who is there."""
    statement = select(User, UserCredential).join(UserCredential, UserCredential.user_id == User.id)
    with Session(build_migration_engine(settings)) as session:
        row = session.execute(statement.where(User.email == email)).one()
        return row[0], row[1]


def add_user(settings: Settings, email: str, deleted_at: datetime | None = None) -> int:
    """Store a user without an account; return the key."""
    with Session(build_migration_engine(settings)) as session:
        user = User(username=name_of(email), email=email, deleted_at=deleted_at)
        session.add(user)
        session.commit()
        return user.id


def count_users(settings: Settings) -> int:
    with Session(build_migration_engine(settings)) as session:
        return session.scalars(select(func.count(User.id))).one()


def assert_one_line_error(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
