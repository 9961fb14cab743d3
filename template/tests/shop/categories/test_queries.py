# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about categories, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Category
from app.shop.categories import queries
from app.shop.categories.schemas import CategoryQuery
from tests.factories import category_data


async def store(session: AsyncSession, parent: Category | None = None) -> Category:
    category = Category(**category_data(), parent=parent)
    session.add(category)
    await session.flush()
    return category


async def test_a_page_holds_what_matches(session: AsyncSession) -> None:
    parent = await store(session)
    child = await store(session, parent)

    page = await queries.find_categories(session, CategoryQuery(parent_id=parent.id))

    assert (page.items, page.total) == ([child], 1)


async def test_all_categories_come_by_name(session: AsyncSession) -> None:
    stored = {await store(session), await store(session)}

    found = await queries.all_categories(session)

    names = [category.name for category in found]
    assert stored <= set(found)
    assert names == sorted(names)


@pytest.mark.parametrize("lock", [False, True])
async def test_a_category_is_found_by_its_key(session: AsyncSession, *, lock: bool) -> None:
    category = await store(session)

    found = await queries.get_category(session, category.id, lock=lock)

    assert found is category


@pytest.mark.parametrize("lock", [False, True])
async def test_an_unknown_key_is_told(session: AsyncSession, *, lock: bool) -> None:
    with pytest.raises(NotFound, match=r"^Category 7000 does not exist\.$"):
        await queries.get_category(session, 7000, lock=lock)


async def test_a_category_is_found_by_its_slug(session: AsyncSession) -> None:
    category = await store(session)

    found = await queries.category_by_slug(session, category.slug)

    assert found is category


async def test_an_unknown_slug_is_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Category nowhere does not exist\.$"):
        await queries.category_by_slug(session, "nowhere")


async def test_the_parents_are_those_of_all_categories(session: AsyncSession) -> None:
    parent = await store(session)
    child = await store(session, parent)

    parents = await queries.lock_category_parents(session)

    assert (parents[parent.id], parents[child.id]) == (None, parent.id)


async def test_a_branch_holds_its_category_and_what_is_below_by_name(session: AsyncSession) -> None:
    await store(session)
    top = await store(session)
    middle = await store(session, top)
    bottom = await store(session, middle)

    found = await queries.categories_within(session, top.id)

    assert list(found) == sorted([top, middle, bottom], key=lambda category: category.name)


async def test_a_branch_of_nothing_is_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Category 7000 does not exist\.$"):
        await queries.categories_within(session, 7000)
# {% endcall %}
