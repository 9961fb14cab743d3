# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What the service asks the database about products."""

from sqlalchemy.orm import joinedload

from app.database.pagination import paginate
from app.database.repository import Repository
from app.models import Product
from app.pagination import Page
from app.products.schemas import ProductQuery
from app.products.statements import matching_products


class ProductRepository(Repository[Product]):
    """The products, alone or with their category."""

    model = Product

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Return one page of the products that match."""
        return await paginate(self.session, matching_products(self.select(), query), query)

    async def detail(self, key: int) -> Product:
        """Return the product with this key and its category. Raises NotFound."""
        return await self.get(key, joinedload(Product.category))

    async def by_slug(self, slug: str) -> Product:
        """Return the product with this slug and its category. Raises NotFound."""
        return await self.one(Product.slug == slug, slug, joinedload(Product.category))

    async def by_sku(self, sku: str) -> Product:
        """Return the product with this SKU and its category. Raises NotFound."""
        return await self.one(Product.sku == sku.upper(), sku, joinedload(Product.category))
# {% endcall %}
