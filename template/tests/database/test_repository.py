# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What every repository can do, tried on a table that only this test has."""

from collections.abc import Generator

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Settings
from app.database.repository import Repository
from app.errors import NotFound
from app.models.base import Identified, SoftDeleted, utc_now
from tests.databases import TempTable, temp_tables


class Shelf(Identified, SoftDeleted, TempTable):
    """A row to find, change and remove."""

    __tablename__ = "shelves"

    code: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str | None]


class ShelfRepository(Repository[Shelf]):
    """The shelves, and nothing that only they can do."""

    model = Shelf


@pytest.fixture(scope="module", autouse=True)
def _tables(settings: Settings) -> Generator[None]:
    with temp_tables(settings, Shelf):
        yield


@pytest.fixture
def shelves(session: AsyncSession) -> ShelfRepository:
    return ShelfRepository(session)


async def test_what_is_added_has_a_key_and_is_found_by_it(shelves: ShelfRepository) -> None:
    added = await shelves.add(Shelf(code="A", note="oak"))
    shelves.session.expunge_all()

    found = await shelves.get(added.id)

    assert (found.id, found.code, found.note) == (added.id, "A", "oak")


async def test_a_broken_rule_shows_when_a_row_is_added(shelves: ShelfRepository) -> None:
    await shelves.add(Shelf(code="A"))

    with pytest.raises(DBAPIError):
        await shelves.add(Shelf(code="A"))


async def test_a_row_that_is_to_be_changed_is_found_too(shelves: ShelfRepository) -> None:
    added = await shelves.add(Shelf(code="A"))

    found = await shelves.get_locked(added.id)

    assert found is added


async def test_rows_are_locked_in_the_order_of_their_keys(shelves: ShelfRepository) -> None:
    first = await shelves.add(Shelf(code="A"))
    second = await shelves.add(Shelf(code="B"))

    locked = await shelves.all_locked([second.id, first.id])

    assert locked == [first, second]


async def test_no_row_is_locked_where_one_is_unknown(shelves: ShelfRepository) -> None:
    shelf = await shelves.add(Shelf(code="A"))

    with pytest.raises(NotFound, match=r"^Shelf 7000 does not exist\.$"):
        await shelves.all_locked([shelf.id, 8000, 7000])


async def test_many_rows_are_added_in_their_order_and_changed(shelves: ShelfRepository) -> None:
    added = [Shelf(code="B"), Shelf(code="A")]
    await shelves.add_all(added)
    await shelves.change_all([(added[0], {"note": "oak"}), (added[1], {"code": "C"})])
    shelves.session.expunge_all()

    found = [await shelves.get(shelf.id) for shelf in added]

    assert added[0].id < added[1].id
    assert [(shelf.code, shelf.note) for shelf in found] == [("B", "oak"), ("C", None)]


async def test_the_only_row_that_meets_a_condition_is_found(shelves: ShelfRepository) -> None:
    await shelves.add(Shelf(code="A"))
    wanted = await shelves.add(Shelf(code="B"))

    found = await shelves.get_by(Shelf.code, "B")

    assert found is wanted


async def test_an_unknown_key_is_told(shelves: ShelfRepository) -> None:
    with pytest.raises(NotFound, match=r"^Shelf 7 does not exist\.$"):
        await shelves.get(7)

    with pytest.raises(NotFound, match=r"^Shelf 7 does not exist\.$"):
        await shelves.get_locked(7)


async def test_a_condition_that_nothing_meets_is_told_by_its_label(
    shelves: ShelfRepository,
) -> None:
    with pytest.raises(NotFound, match=r"^Shelf at the wall does not exist\.$"):
        await shelves.get_by(Shelf.code, "at the wall")


async def test_a_change_sets_what_it_names_null_included(shelves: ShelfRepository) -> None:
    shelf = await shelves.add(Shelf(code="A", note="oak"))

    await shelves.change(shelf, {"note": None})
    shelves.session.expunge_all()
    found = await shelves.get(shelf.id)

    assert (found.code, found.note) == ("A", None)


async def test_a_broken_rule_shows_when_a_row_is_changed(shelves: ShelfRepository) -> None:
    await shelves.add(Shelf(code="A"))
    shelf = await shelves.add(Shelf(code="B"))

    with pytest.raises(DBAPIError):
        await shelves.change(shelf, {"code": "A"})


async def test_a_row_that_is_marked_as_deleted_is_not_found(shelves: ShelfRepository) -> None:
    shelf = await shelves.add(Shelf(code="A", deleted_at=utc_now()))
    told = rf"^Shelf {shelf.id} does not exist\.$"

    with pytest.raises(NotFound, match=told):
        await shelves.get(shelf.id)
    with pytest.raises(NotFound, match=told):
        await shelves.get_locked(shelf.id)
    with pytest.raises(NotFound, match=told):
        await shelves.all_locked([shelf.id])
    with pytest.raises(NotFound, match=r"^Shelf A does not exist\.$"):
        await shelves.get_by(Shelf.code, "A")


async def test_what_is_removed_is_gone(shelves: ShelfRepository) -> None:
    shelf = await shelves.add(Shelf(code="A"))

    await shelves.remove(shelf)

    with pytest.raises(NotFound):
        await shelves.get(shelf.id)
# {% endcall %}
