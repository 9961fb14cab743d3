# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Rules of tags."""

from app.dependencies import SessionDep
from app.models import Tag
from app.pagination import Page
from app.shop.product_tags.repository import TagRepository
from app.shop.product_tags.schemas import TagCreate, TagQuery, TagUpdate


class TagService:
    """Tags are words that any number of products carry."""

    def __init__(self, session: SessionDep) -> None:
        self.tags = TagRepository(session)

    async def page(self, query: TagQuery) -> Page[Tag]:
        """Page of the tags that match."""
        return await self.tags.page(query)

    async def get(self, tag_id: int) -> Tag:
        """Tag with this key. Raises NotFound."""
        return await self.tags.get(tag_id)

    async def by_slug(self, slug: str) -> Tag:
        """Tag with this slug. Raises NotFound."""
        return await self.tags.by_slug(slug)

    async def create(self, data: TagCreate) -> Tag:
        """Add a tag."""
        return await self.tags.add(Tag(**data.columns()))

    async def change(self, tag_id: int, data: TagCreate | TagUpdate) -> Tag:
        """Write the fields of the data. Raises NotFound."""
        tag = await self.tags.get_locked(tag_id)
        return await self.tags.change(tag, data.columns())

    async def delete(self, tag_id: int) -> None:
        """Delete a tag; the database removes it from its products. Raises NotFound."""
        tag = await self.tags.get_locked(tag_id)
        await self.tags.remove(tag)
# {% endcall %}
# {% endcall %}
