# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of categories, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Category
from app.shop.categories.repository import CategoryRepository
from app.shop.categories.schemas import CategoryQuery
from tests.shop.factories import category_data


async def store(session: AsyncSession, parent: Category | None = None) -> Category:
    category = Category(**category_data(), parent=parent)
    session.add(category)
    await session.flush()
    return category


async def test_page_contains_matching_categories(session: AsyncSession) -> None:
    categories = CategoryRepository(session)
    parent = await store(session)
    child = await store(session, parent)

    page = await categories.page(CategoryQuery(parent_id=parent.id))

    assert (page.items, page.total) == ([child], 1)


async def test_all_categories_are_sorted_by_name(session: AsyncSession) -> None:
    categories = CategoryRepository(session)
    stored = {await store(session), await store(session)}

    found = await categories.by_name()

    names = [category.name for category in found]
    assert stored <= set(found)
    assert names == sorted(names)


async def test_category_is_found_by_id(session: AsyncSession) -> None:
    categories = CategoryRepository(session)
    category = await store(session)

    found = await categories.get(category.id)
    locked = await categories.get_locked(category.id)

    assert found is category
    assert locked is category


async def test_unknown_id_is_named(session: AsyncSession) -> None:
    categories = CategoryRepository(session)

    with pytest.raises(NotFound, match=r"^Category 7000 does not exist\.$"):
        await categories.get(7000)

    with pytest.raises(NotFound, match=r"^Category 7000 does not exist\.$"):
        await categories.get_locked(7000)


async def test_category_is_found_by_slug(session: AsyncSession) -> None:
    categories = CategoryRepository(session)
    category = await store(session)

    found = await categories.by_slug(category.slug)

    assert found is category


async def test_unknown_slug_is_named(session: AsyncSession) -> None:
    categories = CategoryRepository(session)

    with pytest.raises(NotFound, match=r"^Category nowhere does not exist\.$"):
        await categories.by_slug("nowhere")


async def test_parents_of_all_categories(session: AsyncSession) -> None:
    categories = CategoryRepository(session)
    parent = await store(session)
    child = await store(session, parent)

    parents = await categories.parents_locked()

    assert (parents[parent.id], parents[child.id]) == (None, parent.id)


async def test_subtree_contains_a_category_and_its_descendants_by_name(
    session: AsyncSession,
) -> None:
    categories = CategoryRepository(session)
    await store(session)
    top = await store(session)
    middle = await store(session, top)
    bottom = await store(session, middle)

    found = await categories.within(top.id)

    assert list(found) == sorted([top, middle, bottom], key=lambda category: category.name)


async def test_subtree_of_an_unknown_category_is_named(session: AsyncSession) -> None:
    categories = CategoryRepository(session)

    with pytest.raises(NotFound, match=r"^Category 7000 does not exist\.$"):
        await categories.within(7000)
# {% endcall %}
# {% endcall %}
