"""The schema is made by migrations, which go up and down, alone or many at once."""

import os
import subprocess
import sys
from collections.abc import Generator
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.database.cli import alembic_config
from app.database.migration import build_migration_engine, exclusive_migration
from tests.databases import empty_database, unreachable

ROOT = Path(__file__).parents[1]

MISSING = """{found}

A revision is missing. These commands write it and run it; read it in between:

    uv run app db upgrade
    uv run app db revision -m "what changed"
    uv run app db upgrade
"""

REVISION = """
import time
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {after}


def upgrade():
    op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True))
    {then}


def downgrade():
    op.drop_table("{name}")
"""

# Replicas that upgrade at once. Forked, because to start each would take longer than the test.
REPLICATE = """
import os
import sys
from alembic import command
from app.database.cli import alembic_config

config = alembic_config()
config.set_main_option("path_separator", "os")
config.set_main_option("version_locations", sys.argv[1])
replicas = []
for _ in range(int(sys.argv[2])):
    replica = os.fork()
    if not replica:
        command.upgrade(config, "head")
        os._exit(0)
    replicas.append(replica)
print([os.waitpid(replica, 0)[1] for replica in replicas])
"""


@pytest.fixture
def empty() -> Generator[Settings]:
    with empty_database() as settings:
        yield settings


def configuration(settings: Settings, versions: Path | None = None) -> Config:
    config = alembic_config()
    config.attributes["settings"] = settings
    if versions:
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", str(versions))
    return config


def write_revision(folder: Path, name: str, after: str | None = None, then: str = "pass") -> None:
    text = REVISION.format(name=name, after=repr(after), then=then)
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


def tables(settings: Settings) -> set[str]:
    with build_migration_engine(settings).connect() as connection:
        return set(inspect(connection).get_table_names())


def test_there_is_one_newest_revision() -> None:
    heads = ScriptDirectory.from_config(alembic_config()).get_heads()

    assert len(heads) <= 1


def test_all_revisions_go_up_and_down_and_up_again(empty: Settings) -> None:
    config = configuration(empty)

    command.upgrade(config, "head")
    first = tables(empty)
    command.downgrade(config, "base")
    between = tables(empty)
    command.upgrade(config, "head")

    assert between <= {"alembic_version"}
    assert tables(empty) == first


def test_the_models_and_the_migrations_agree(empty: Settings) -> None:
    config = configuration(empty)

    command.upgrade(config, "head")

    try:
        command.check(config)
    except CommandError as error:
        pytest.fail(MISSING.format(found=error), pytrace=False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork a process")
def test_many_replicas_that_upgrade_at_once_all_end_well(empty: Settings, tmp_path: Path) -> None:
    write_revision(tmp_path, "one", then="time.sleep(0.1)")
    url = empty.database_url.render_as_string(hide_password=False)

    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", REPLICATE, str(tmp_path), "4"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert result.stdout.splitlines()[-1] == "[0, 0, 0, 0]"
    assert tables(empty) == {"alembic_version", "one"}


def test_a_migration_gives_up_when_another_one_does_not_end(empty: Settings) -> None:
    impatient = empty.model_copy(update={"database_migration_timeout": 0.2})

    with (
        build_migration_engine(empty).begin() as connection,
        exclusive_migration(connection, empty),
        pytest.raises((CommandError, OperationalError)),
    ):
        command.upgrade(configuration(impatient), "head")


# {% if dialect.transactional_ddl %}
def test_a_failing_migration_leaves_nothing_behind(empty: Settings, tmp_path: Path) -> None:
    write_revision(tmp_path, "one")
    write_revision(tmp_path, "two", after="one", then="raise RuntimeError('half done')")

    with pytest.raises(RuntimeError, match="half done"):
        command.upgrade(configuration(empty, tmp_path), "head")

    assert tables(empty) == set()


# {% endif %}
def test_sql_is_written_without_a_database(settings: Settings, tmp_path: Path) -> None:
    write_revision(tmp_path, "one")
    out_of_reach = settings.model_copy(update={"database_url": unreachable(settings.database_url)})
    config = configuration(out_of_reach, tmp_path)
    config.output_buffer = StringIO()

    command.upgrade(config, "head", sql=True)

    assert "CREATE TABLE one" in config.output_buffer.getvalue()
