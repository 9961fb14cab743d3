"""Order a list by a name that the client gives."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

Columns = Mapping[str, InstrumentedAttribute[Any]]


def ordering(sort: str, columns: Columns) -> ColumnElement[Any]:
    """Return the ordering for a name of the columns; a dash before it means descending."""
    column = columns[sort.removeprefix("-")]
    return column.desc() if sort.startswith("-") else column.asc()
