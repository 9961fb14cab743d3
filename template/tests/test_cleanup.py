"""`app db cleanup` deletes old idempotency records and nothing else."""

from collections.abc import Generator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from typer.testing import CliRunner

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
from app.models import AuditRecord, IdempotencyRecord
from app.models.base import utc_now
from tests.databases import migrated_database, unreachable

AGES = {"new": 0, "young": 29, "old": 31, "older": 400}
runner = CliRunner()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database with idempotency and audit records of all ages, to which DATABASE_URL points."""
    with migrated_database() as settings:
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        fill(settings)
        yield settings
    load_settings.cache_clear()


def fill(settings: Settings) -> None:
    now = utc_now()
    ages = {key: now - timedelta(days=days) for key, days in AGES.items()}
    stored = [{"key": k, "fingerprint": "f", "created_at": moment} for k, moment in ages.items()]
    change = {"actor": "a", "action": "create", "entity": "tags", "entity_id": 1, "request_id": "-"}
    records = [
        change | {"message_id": number, "happened_at": moment}
        for number, moment in enumerate(ages.values(), start=1)
    ]
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(IdempotencyRecord), stored)
        connection.execute(insert(AuditRecord), records)


def left(settings: Settings) -> tuple[set[str], int]:
    """Keys of the idempotency records and number of audit records in the database."""
    with build_migration_engine(settings).begin() as connection:
        keys = connection.scalars(select(IdempotencyRecord.key)).all()
        return set(keys), connection.scalars(select(func.count(AuditRecord.id))).one()


def test_records_older_than_thirty_days_are_deleted_and_the_audit_stays(database: Settings) -> None:
    result = runner.invoke(cli, ["db", "cleanup"])

    assert result.exit_code == 0
    assert "Deleted 2 old idempotency records." in result.stdout.splitlines()
    assert left(database) == ({"new", "young"}, len(AGES))


def test_a_setting_says_for_how_many_days_records_are_kept(
    monkeypatch: pytest.MonkeyPatch,
    database: Settings,
) -> None:
    monkeypatch.setenv("IDEMPOTENCY_DAYS", "365")
    load_settings.cache_clear()

    result = runner.invoke(cli, ["db", "cleanup"])

    assert result.exit_code == 0
    assert left(database) == ({"new", "young", "old"}, len(AGES))


@pytest.mark.parametrize("days", ["-1", "9999999"])
def test_an_impossible_number_of_days_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    database: Settings,
    days: str,
) -> None:
    # Undone here: the fixture reads the settings again when it drops its database.
    with monkeypatch.context() as patch:
        patch.setenv("IDEMPOTENCY_DAYS", days)
        load_settings.cache_clear()
        result = runner.invoke(cli, ["db", "cleanup"])
    load_settings.cache_clear()

    assert result.exit_code == 1
    assert "IDEMPOTENCY_DAYS" in result.output
    assert left(database) == (set(AGES), len(AGES))


def test_an_unreachable_database_is_a_one_line_error(
    monkeypatch: pytest.MonkeyPatch,
    database: Settings,
) -> None:
    url = unreachable(database.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()

    result = runner.invoke(cli, ["db", "cleanup"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
