# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the shop does with tags."""

from app.models import Tag
from app.pagination import Page
from app.shop.tags.repository import TagRepository
from app.shop.tags.schemas import TagCreate, TagQuery, TagUpdate


class TagService:
    """Tags are words that any number of products may carry."""

    def __init__(self, tags: TagRepository) -> None:
        self.tags = tags

    async def page(self, query: TagQuery) -> Page[Tag]:
        """Return one page of the tags that match."""
        return await self.tags.page(query)

    async def get(self, tag_id: int) -> Tag:
        """Return one tag. Raises NotFound."""
        return await self.tags.get(tag_id)

    async def by_slug(self, slug: str) -> Tag:
        """Return the tag with this slug. Raises NotFound."""
        return await self.tags.by_slug(slug)

    async def create(self, data: TagCreate) -> Tag:
        """Add a tag."""
        return await self.tags.add(Tag(**data.columns()))

    async def change(self, tag_id: int, data: TagCreate | TagUpdate) -> Tag:
        """Write what the data sets. Raises NotFound."""
        tag = await self.tags.get_locked(tag_id)
        return await self.tags.change(tag, data.columns())

    async def delete(self, tag_id: int) -> None:
        """Delete a tag, and the database takes it off its products. Raises NotFound."""
        tag = await self.tags.get_locked(tag_id)
        await self.tags.remove(tag)
# {% endcall %}
