# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Locking and writing rows, tried on a table that only this test has."""

from collections.abc import Generator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database import crud
from app.errors import NotFound
from app.models.base import Identified, SoftDeleted, utc_now
from tests.databases import TempTable, temp_tables


class Shelf(Identified, SoftDeleted, TempTable):
    """A row to add, change and remove."""

    __tablename__ = "shelves"

    code: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Shelf):
        yield


async def test_what_is_added_has_a_key_and_is_stored(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A", note="oak"))
    session.expunge_all()

    found = await session.get(Shelf, shelf.id)

    assert found is not None
    assert (found.code, found.note) == ("A", "oak")


async def test_a_broken_rule_shows_when_a_row_is_added(session: AsyncSession) -> None:
    await crud.add(session, Shelf(code="A"))

    with pytest.raises(DBAPIError):
        await crud.add(session, Shelf(code="A"))


async def test_a_change_sets_what_it_names_null_included(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A", note="oak"))

    await crud.change(session, shelf, {"note": None})
    session.expunge_all()
    found = await session.get(Shelf, shelf.id)

    assert found is not None
    assert (found.code, found.note) == ("A", None)


async def test_a_broken_rule_shows_when_a_row_is_changed(session: AsyncSession) -> None:
    await crud.add(session, Shelf(code="A"))
    shelf = await crud.add(session, Shelf(code="B"))

    with pytest.raises(DBAPIError):
        await crud.change(session, shelf, {"code": "A"})


async def test_many_rows_are_added_in_their_order_and_changed(session: AsyncSession) -> None:
    added = [Shelf(code="B"), Shelf(code="A")]
    await crud.add_all(session, added)
    await crud.change_all(session, [(added[0], {"note": "oak"}), (added[1], {"code": "C"})])
    session.expunge_all()

    found = [await session.get_one(Shelf, shelf.id) for shelf in added]

    assert added[0].id < added[1].id
    assert [(shelf.code, shelf.note) for shelf in found] == [("B", "oak"), ("C", None)]


async def test_rows_are_locked_in_the_order_of_their_keys(session: AsyncSession) -> None:
    first = await crud.add(session, Shelf(code="A"))
    second = await crud.add(session, Shelf(code="B"))

    locked = await crud.all_locked(session, Shelf, [second.id, first.id])

    assert locked == [first, second]


async def test_no_row_is_locked_where_one_is_not_among_the_existing(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A"))
    other = await crud.add(session, Shelf(code="B", deleted_at=utc_now()))

    with pytest.raises(NotFound, match=rf"^Shelf {other.id} does not exist\.$"):
        await crud.all_locked(session, Shelf, [shelf.id, other.id])


async def test_a_row_is_found_by_its_key_and_by_a_column(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A"))

    by_key = await crud.get(session, Shelf, shelf.id)
    locked = await crud.get_locked(session, Shelf, shelf.id)
    by_code = await crud.get_by(session, Shelf, Shelf.code, "A")
    by_statement = await crud.one(session, Shelf, crud.select_existing(Shelf), "A")

    assert [by_key, locked, by_code, by_statement] == [shelf] * 4


async def test_a_row_that_is_marked_as_deleted_is_not_found(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A", deleted_at=utc_now()))

    with pytest.raises(NotFound, match=rf"^Shelf {shelf.id} does not exist\.$"):
        await crud.get(session, Shelf, shelf.id)
    with pytest.raises(NotFound, match=rf"^Shelf {shelf.id} does not exist\.$"):
        await crud.get_locked(session, Shelf, shelf.id)
    with pytest.raises(NotFound, match=r"^Shelf A does not exist\.$"):
        await crud.get_by(session, Shelf, Shelf.code, "A")


async def test_what_is_removed_is_gone(session: AsyncSession) -> None:
    shelf = await crud.add(session, Shelf(code="A"))

    await crud.remove(session, shelf)
    found = await session.scalar(select(Shelf).where(Shelf.code == "A"))

    assert found is None
# {% endcall %}
