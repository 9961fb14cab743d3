"""How Alembic reaches the database and compares it with the models."""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import (
    DropTableOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
)
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


def children_first(drops: dict[str, DropTableOp]) -> list[str]:
    """Return tables in an order in which each goes before those that it refers to."""
    refers = {
        name: {key.target_fullname.split(".")[-2] for key in drop.to_table().foreign_keys} - {name}
        for name, drop in drops.items()
    }
    order: list[str] = []
    while refers:
        unreferred = refers.keys() - set[str]().union(*refers.values())
        # Where two refer to each other, neither can go first; then any does.
        order.append(min(unreferred or refers))
        del refers[order[-1]]
    return order


def dropped(operations: Iterable[MigrateOperation]) -> dict[str, DropTableOp]:
    """Return the operations that drop a table, by its name."""
    return {one.table_name: one for one in operations if isinstance(one, DropTableOp)}


def is_about(operation: MigrateOperation, tables: Iterable[str]) -> bool:
    """Tell whether an operation changes or drops one of some tables."""
    return isinstance(operation, DropTableOp | ModifyTableOps) and operation.table_name in tables


def without_their_indexes(operations: list[MigrateOperation]) -> list[MigrateOperation]:
    """Leave out what is done to tables that are dropped anyway."""
    gone = dropped(operations)
    return [one for one in operations if isinstance(one, DropTableOp) or not is_about(one, gone)]


def write_drops(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    """Let tables go last and in an order that foreign keys allow, their indexes along with them.

    Alembic drops them by the alphabet, and MySQL refuses to drop the index of a foreign key alone.
    """
    for script in scripts:
        up, down = script.upgrade_ops, script.downgrade_ops
        if up is None or down is None:
            continue
        drops = dropped(up.ops)
        last = [one for name in children_first(drops) for one in up.ops if is_about(one, {name})]
        up.ops[:] = [*(one for one in up.ops if not is_about(one, drops)), *last]
        up.reverse_into(down)
        up.ops[:] = without_their_indexes(up.ops)
        down.ops[:] = without_their_indexes(down.ops)


def report(step: MigrationInfo, **_context: Any) -> None:
    """Show each step: on a large table one can take long."""
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
        process_revision_directives=write_drops,
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
