# {% from "extensions/plain_functions.jinja" import plain_calls %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_calls(data_layer) %}
"""Data layer of tags, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Tag
from app.shop.product_tags.repository import TagRepository
from app.shop.product_tags.schemas import TagQuery
from tests.shop.factories import tag_data


async def store(session: AsyncSession) -> Tag:
    tag = Tag(**tag_data())
    session.add(tag)
    await session.flush()
    return tag


async def test_page_contains_matching_tags(session: AsyncSession) -> None:
    tags = TagRepository(session)
    tag = await store(session)

    page = await tags.page(TagQuery(search=tag.name))

    assert (page.items, page.total) == ([tag], 1)


async def test_tag_is_found_by_id(session: AsyncSession) -> None:
    tags = TagRepository(session)
    tag = await store(session)

    found = await tags.get(tag.id)
    locked = await tags.get_locked(tag.id)

    assert found is tag
    assert locked is tag


async def test_unknown_id_is_named(session: AsyncSession) -> None:
    tags = TagRepository(session)

    with pytest.raises(NotFound, match=r"^Tag 7000 does not exist\.$"):
        await tags.get(7000)


async def test_tag_is_found_by_slug(session: AsyncSession) -> None:
    tags = TagRepository(session)
    tag = await store(session)

    found = await tags.by_slug(tag.slug)

    assert found is tag


async def test_unknown_slug_is_named(session: AsyncSession) -> None:
    tags = TagRepository(session)

    with pytest.raises(NotFound, match=r"^Tag nowhere does not exist\.$"):
        await tags.by_slug("nowhere")


async def test_tags_are_locked_in_id_order(session: AsyncSession) -> None:
    tags = TagRepository(session)
    first = await store(session)
    second = await store(session)

    locked = await tags.all_locked([second.id, first.id])

    assert locked == [first, second]
# {% endcall %}
# {% endcall %}
