# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with tags."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database import rows
from app.models import Tag
from app.pagination import Page
from app.shop.tags import queries
from app.shop.tags.schemas import TagCreate, TagQuery, TagUpdate


class TagService:
    """Tags are words that any number of products may carry."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def page(self, query: TagQuery) -> Page[Tag]:
        """Return one page of the tags that match."""
        return await queries.find_tags(self.session, query)

    async def get(self, tag_id: int) -> Tag:
        """Return one tag. Raises NotFound."""
        return await queries.get_tag(self.session, tag_id)

    async def by_slug(self, slug: str) -> Tag:
        """Return the tag with this slug. Raises NotFound."""
        return await queries.tag_by_slug(self.session, slug)

    async def create(self, data: TagCreate) -> Tag:
        """Add a tag."""
        return await rows.add(self.session, Tag(**data.columns()))

    async def change(self, tag_id: int, data: TagCreate | TagUpdate) -> Tag:
        """Write what the data sets. Raises NotFound."""
        tag = await queries.get_tag(self.session, tag_id, lock=True)
        return await rows.change(self.session, tag, data.columns())

    async def delete(self, tag_id: int) -> None:
        """Delete a tag, and the database takes it off its products. Raises NotFound."""
        tag = await queries.get_tag(self.session, tag_id, lock=True)
        await rows.remove(self.session, tag)
# {% endcall %}
