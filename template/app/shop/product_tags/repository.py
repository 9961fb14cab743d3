# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about tags."""

from app.database.repository import Repository
from app.models import Tag
from app.pagination import Columns, Page, ordering, paginate
from app.shop.product_tags.schemas import TagQuery

# Names that a list can be sorted by: the same as in TagQuery.
COLUMNS: Columns = {"name": Tag.name, "created_at": Tag.created_at}


class TagRepository(Repository[Tag]):
    """Tags."""

    model = Tag

    async def page(self, query: TagQuery) -> Page[Tag]:
        """Page of the tags that match."""
        statement = self.select_existing()
        if query.search is not None:
            statement = statement.where(Tag.name.icontains(query.search, autoescape=True))
        statement = statement.order_by(ordering(query.sort, COLUMNS), Tag.id)
        return await paginate(self.session, statement, query)

    async def by_slug(self, slug: str) -> Tag:
        """Tag with this slug. Raises NotFound."""
        return await self.get_by(Tag.slug, slug)
# {% endcall %}
# {% endcall %}
