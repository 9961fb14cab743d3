# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about tags. Nothing here commits."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import rows
from app.database.pagination import paginate
from app.errors import NotFound
from app.models import Tag
from app.pagination import Page
from app.shop.tags.schemas import TagQuery
from app.shop.tags.statements import matching_tags


async def find_tags(session: AsyncSession, query: TagQuery) -> Page[Tag]:
    """Return one page of the tags that match."""
    return await paginate(session, matching_tags(select(Tag), query), query)


async def get_tag(session: AsyncSession, key: int, *, lock: bool = False) -> Tag:
    """Return the tag with this key; locked, nobody else can change it. Raises NotFound."""
    tag = await session.get(Tag, key, with_for_update=lock)
    if tag is None:
        raise NotFound(f"Tag {key} does not exist.")
    return tag


async def tag_by_slug(session: AsyncSession, slug: str) -> Tag:
    """Return the tag with this slug. Raises NotFound."""
    tag = await session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        raise NotFound(f"Tag {slug} does not exist.")
    return tag


async def lock_tags(session: AsyncSession, keys: Collection[int]) -> Sequence[Tag]:
    """Return the tags with these keys, and let nobody else change them. Raises NotFound."""
    return await rows.lock_all(session, select(Tag), Tag, keys)
# {% endcall %}
