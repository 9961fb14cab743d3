"""`app users` in tests, on a database of its own."""

from collections.abc import Generator
from contextlib import contextmanager
from itertools import count

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import Settings, load_settings
from tests.credentials import FAST_SETTINGS
from tests.databases import migrated_database

# The accent is a character of its own here, as some keyboards send it.
PASSWORD = "cafe\N{COMBINING ACUTE ACCENT} with thirty yellow chairs"
numbers = count(1)
runner = CliRunner()


@contextmanager
def command_database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """Point DATABASE_URL to a database of its own, for commands that hash at low cost."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        for name in ("password_memory", "password_rounds"):
            monkeypatch.setenv(name.upper(), f"{FAST_SETTINGS[name]}")
        yield settings
    load_settings.cache_clear()


def new_email() -> str:
    """Email that no user has."""
    return f"ada-{next(numbers)}@example.com"


def username_of(email: str) -> str:
    return email.partition("@")[0]


def run_command(command: str, email: str, *options: str, typed: str = "") -> Result:
    """Run `app users <command> <email>`."""
    load_settings.cache_clear()
    return runner.invoke(cli, ["users", command, email, *options], input=typed)


def create_by_command(email: str, *options: str, password: str = PASSWORD) -> Result:
    """Create a user; the username is taken from the email unless the options name one."""
    names = () if "--username" in options else ("--username", username_of(email))
    return run_command(
        "create",
        email,
        *names,
        *options,
        "--password-stdin",
        typed=f"{password}\n",
    )
