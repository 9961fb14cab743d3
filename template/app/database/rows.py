# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Write one row now, so that a rule it breaks shows here. Nothing here commits."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.models.base import Base

Row = TypeVar("Row", bound=Base)


async def add(session: AsyncSession, row: Row) -> Row:
    """Insert a row."""
    session.add(row)
    await session.flush()
    return row


async def change(session: AsyncSession, row: Row, columns: Mapping[str, Any]) -> Row:
    """Update columns of a row."""
    for name, value in columns.items():
        setattr(row, name, value)
    await session.flush()
    return row


async def remove(session: AsyncSession, row: Base) -> None:
    """Delete a row."""
    await session.delete(row)
    await session.flush()
# {% endcall %}
