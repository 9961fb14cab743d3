# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks about tags, without HTTP."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound
from app.models import Tag
from app.shop.tags import queries
from app.shop.tags.schemas import TagQuery
from tests.factories import tag_data


async def store(session: AsyncSession) -> Tag:
    tag = Tag(**tag_data())
    session.add(tag)
    await session.flush()
    return tag


async def test_a_page_holds_what_matches(session: AsyncSession) -> None:
    tag = await store(session)

    page = await queries.find_tags(session, TagQuery(search=tag.name))

    assert (page.items, page.total) == ([tag], 1)


@pytest.mark.parametrize("lock", [False, True])
async def test_a_tag_is_found_by_its_key(session: AsyncSession, *, lock: bool) -> None:
    tag = await store(session)

    found = await queries.get_tag(session, tag.id, lock=lock)

    assert found is tag


async def test_an_unknown_key_is_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Tag 7000 does not exist\.$"):
        await queries.get_tag(session, 7000)


async def test_a_tag_is_found_by_its_slug(session: AsyncSession) -> None:
    tag = await store(session)

    found = await queries.tag_by_slug(session, tag.slug)

    assert found is tag


async def test_an_unknown_slug_is_told(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=r"^Tag nowhere does not exist\.$"):
        await queries.tag_by_slug(session, "nowhere")


async def test_tags_are_locked_in_the_order_of_their_keys(session: AsyncSession) -> None:
    first = await store(session)
    second = await store(session)

    locked = await queries.lock_tags(session, [second.id, first.id])

    assert locked == [first, second]
# {% endcall %}
