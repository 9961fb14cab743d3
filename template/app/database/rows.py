# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Lock rows, and write them now, so that a broken rule shows here. Nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models.base import Base, Identified

Row = TypeVar("Row", bound=Base)
Keyed = TypeVar("Keyed", bound=Identified)


async def lock_all(
    session: AsyncSession,
    existing: Select[Keyed],
    model: type[Keyed],
    keys: Collection[int],
) -> Sequence[Keyed]:
    """Return the existing rows with these keys, and let nobody else change them. Raises NotFound.

    All are locked by one statement in the order of their keys. So nobody waits for a row with a
    lower key while holding one with a higher key, and no two requests wait for each other: there
    is no deadlock.
    """
    statement = existing.where(model.id.in_(keys)).order_by(model.id).with_for_update()
    rows = await session.scalars(statement)
    found = rows.all()
    missing = set(keys) - {row.id for row in found}
    if missing:
        raise NotFound(f"{model.__name__} {min(missing)} does not exist.")
    return found


async def add(session: AsyncSession, row: Row) -> Row:
    """Insert a row."""
    session.add(row)
    await session.flush()
    return row


async def add_all(session: AsyncSession, rows: Iterable[Base]) -> None:
    """Insert rows, in this order."""
    session.add_all(rows)
    await session.flush()


async def change(session: AsyncSession, row: Row, columns: Mapping[str, Any]) -> Row:
    """Update columns of a row."""
    for name, value in columns.items():
        setattr(row, name, value)
    await session.flush()
    return row


async def change_all(
    session: AsyncSession,
    changes: Iterable[tuple[Base, Mapping[str, Any]]],
) -> None:
    """Update columns of several rows."""
    for row, columns in changes:
        for name, value in columns.items():
            setattr(row, name, value)
    await session.flush()


async def remove(session: AsyncSession, row: Base) -> None:
    """Delete a row."""
    await session.delete(row)
    await session.flush()
# {% endcall %}
