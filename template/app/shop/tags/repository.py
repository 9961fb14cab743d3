# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about tags."""

from app.database.pagination import paginate
from app.database.repository import Repository
from app.models import Tag
from app.pagination import Page
from app.shop.tags.schemas import TagQuery
from app.shop.tags.statements import matching_tags


class TagRepository(Repository[Tag]):
    """The tags."""

    model = Tag

    async def page(self, query: TagQuery) -> Page[Tag]:
        """Return one page of the tags that match."""
        return await paginate(self.session, matching_tags(self.select(), query), query)

    async def by_slug(self, slug: str) -> Tag:
        """Return the tag with this slug. Raises NotFound."""
        return await self.one(Tag.slug == slug, slug)
# {% endcall %}
