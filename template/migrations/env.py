"""How Alembic reaches the database and compares it with the models."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script

from app.config import Settings, load_settings
from app.database.migration import build_migration_engine, exclusive_migration
from app.models import Base
from app.models.base import UTCDateTime


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write the app's own types as SQLAlchemy's, so that old revisions never need the app."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from sqlalchemy.dialects import mysql")
        variant = 'mysql.DATETIME(fsp=6), "mysql", "mariadb"'
        return f"sa.DateTime(timezone=True).with_variant({variant})"
    return False


def report(step: MigrationInfo, **_context: Any) -> None:
    """Show each step: on a large table one may take long."""
    done = "Upgraded to" if step.is_upgrade else "Took back"
    doc = step.up_revision.doc if isinstance(step.up_revision, Script) else ""
    context.config.print_stdout(f"{done} {step.up_revision_id}: {doc}")


def configure(**connection_or_url: Any) -> None:
    """Compare types, defaults and checks as well; write changes so that SQLite can do them too."""
    context.configure(
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        render_item=render_item,
        render_as_batch=True,
        **connection_or_url,
    )


def print_sql(settings: Settings) -> None:
    """Print what an upgrade would run, without a connection."""
    configure(
        url=settings.migration_url,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate(settings: Settings) -> None:
    """Run the revisions in one transaction, as far as the database has one for its schema."""
    engine = build_migration_engine(settings)
    with engine.begin() as connection, exclusive_migration(connection, settings):
        configure(connection=connection, on_version_apply=report)
        context.run_migrations()


settings: Settings = context.config.attributes.get("settings") or load_settings()
if context.is_offline_mode():
    print_sql(settings)
else:
    migrate(settings)
