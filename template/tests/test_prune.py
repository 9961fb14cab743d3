"""`app db prune` deletes old answers and nothing else."""

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
from tests.databases import migrated_database, nowhere

AGES = {"new": 0, "young": 29, "old": 31, "older": 400}
runner = CliRunner()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A database with answers and audit records of all ages, to which DATABASE_URL points."""
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
    answers = [{"key": k, "fingerprint": "f", "created_at": moment} for k, moment in ages.items()]
    change = {"actor": "a", "action": "create", "entity": "tags", "entity_id": 1, "request_id": "-"}
    records = [
        change | {"message_id": number, "happened_at": moment}
        for number, moment in enumerate(ages.values(), start=1)
    ]
    with build_migration_engine(settings).begin() as connection:
        connection.execute(insert(IdempotencyRecord), answers)
        connection.execute(insert(AuditRecord), records)


def left(settings: Settings) -> tuple[set[str], int]:
    """Return the keys of the answers that are left, and how many records of the audit are."""
    with build_migration_engine(settings).begin() as connection:
        keys = connection.scalars(select(IdempotencyRecord.key)).all()
        return set(keys), connection.scalars(select(func.count(AuditRecord.id))).one()


def test_answers_older_than_thirty_days_are_deleted_and_the_audit_stays(database: Settings) -> None:
    result = runner.invoke(cli, ["db", "prune"])

    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Deleted 2 stored answers.")
    assert left(database) == ({"new", "young"}, len(AGES))


def test_the_age_can_be_said(database: Settings) -> None:
    result = runner.invoke(cli, ["db", "prune", "--days", "365"])

    assert result.exit_code == 0
    assert left(database) == ({"new", "young", "old"}, len(AGES))


@pytest.mark.parametrize("days", ["-1", "9999999"])
def test_an_age_that_cannot_be_is_refused(database: Settings, days: str) -> None:
    result = runner.invoke(cli, ["db", "prune", "--days", days])

    assert result.exit_code == 2
    assert left(database) == (set(AGES), len(AGES))


def test_a_database_out_of_reach_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    database: Settings,
) -> None:
    url = nowhere(database.database_url).render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()

    result = runner.invoke(cli, ["db", "prune"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
