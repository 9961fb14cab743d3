"""A database for tests: a file of its own, gone afterwards."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import URL, make_url

from app.cli import alembic_config
from app.config import Settings
# {% if auth != "none" %}
from tests.staff import with_staff
# {% endif %}


def check_server() -> None:
    """Nothing to check: a file needs no server."""


def nowhere(url: URL) -> URL:
    """Return the URL of a database that cannot be opened."""
    return url.set(database="/no/such/folder/test.db")


@contextmanager
def empty_database() -> Generator[Settings]:
    """Give settings that point to a fresh, empty database."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = make_url("sqlite://").set(database=str(Path(folder) / "test.db"))
        yield Settings(database_url=url)


@contextmanager
def migrated_database() -> Generator[Settings]:
    """Give settings that point to a fresh database with the newest schema."""
    with empty_database() as settings:
        config = alembic_config()
        config.attributes["settings"] = settings
        command.upgrade(config, "head")
        # {% if auth == "none" %}
        yield settings
        # {% else %}
        yield with_staff(settings)
        # {% endif %}
