# {% from "extensions/plain_functions.jinja" import plain_functions %}
# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
# {% call plain_functions(data_layer) %}
"""Statements about products. A deleted product is not found."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, null, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.database.repository import Repository
from app.models import Category, Product, Tag
from app.pagination import Columns, Page, ordering, paginate
from app.shop.categories.repository import keys_within
from app.shop.products.schemas import CategoryPrices, LowStockQuery, ProductQuery

# Names that a list can be sorted by: the same as in ProductFilter.
COLUMNS: Columns = {"name": Product.name, "price": Product.price, "created_at": Product.created_at}
DETAIL = (joinedload(Product.category), selectinload(Product.tags))
CENT = Decimal("0.01")


class ProductRepository(Repository[Product]):
    """Products, alone or with their category and their tags."""

    model = Product

    async def page(self, query: ProductQuery) -> Page[Product]:
        """Page of the products that match."""
        matching = self.select_existing().where(*_conditions(query))
        statement = matching.order_by(ordering(query.sort, COLUMNS), Product.id)
        return await paginate(self.session, statement, query)

    async def low_stock(self, query: LowStockQuery) -> Page[Product]:
        """Page of the products on sale that are nearly sold out, the lowest stock first."""
        low = Product.stock_quantity <= query.threshold
        matching = self.select_existing().where(Product.is_active.is_(True), low)
        statement = matching.order_by(Product.stock_quantity, Product.id)
        return await paginate(self.session, statement, query)

    async def prices(self) -> list[CategoryPrices]:
        """Prices of each category by name, and last of the products without a category."""
        rows = await self.session.execute(_prices_by_category())
        return [_with_average(row) for row in rows.mappings()]

    async def detail(self, key: int) -> Product:
        """Product with its category and its tags. Raises NotFound."""
        return await self.get(key, *DETAIL)

    async def by_slug(self, slug: str) -> Product:
        """Product with this slug, with its category and its tags. Raises NotFound."""
        return await self.get_by(Product.slug, slug, *DETAIL)

    async def by_sku(self, sku: str) -> Product:
        """Product with this SKU, with its category and its tags. Raises NotFound."""
        statement = self.select_existing().where(Product.sku == sku.upper())
        return await self.one(statement.options(*DETAIL), sku)

    async def tagged_locked(self, key: int) -> Product:
        """Product with its tags, locked for update. Raises NotFound."""
        return await self.get_locked(key, selectinload(Product.tags))


def _conditions(query: ProductQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.search is not None:
        columns = (Product.name, Product.sku, Product.description)
        found = [column.icontains(query.search, autoescape=True) for column in columns]
        conditions.append(or_(*found))
    if query.category_id is not None:
        one, below = query.category_id, query.include_subcategories
        conditions.append(Product.category_id.in_(keys_within(one) if below else [one]))
    if query.tag is not None:
        conditions.append(Product.tags.any(Tag.slug == query.tag))
    if query.is_active is not None:
        conditions.append(Product.is_active.is_(query.is_active))
    if query.min_price is not None:
        conditions.append(Product.price >= query.min_price)
    if query.max_price is not None:
        conditions.append(Product.price <= query.max_price)
    return conditions


def _prices_by_category() -> Select[Any]:
    existing = Product.deleted_at.is_(None)
    numbers = (
        func.count(Product.id).label("products"),
        func.sum(Product.price).label("total"),
        func.min(Product.price).label("lowest_price"),
        func.max(Product.price).label("highest_price"),
    )
    inside = (
        select(Category.id.label("category_id"), Category.name.label("category_name"), *numbers)
        .select_from(Category)
        .outerjoin(Product, and_(Product.category_id == Category.id, existing))
        .group_by(Category.id, Category.name)
    )
    outside = select(null(), null(), *numbers).where(Product.category_id.is_(None), existing)
    found = union_all(inside, outside).subquery()
    place = (found.c.category_id.is_(None), found.c.category_name, found.c.category_id)
    return select(found).order_by(*place)


def _with_average(row: RowMapping) -> CategoryPrices:
    # Computed here, because databases round averages in different ways.
    total, number = row["total"], row["products"]
    average = None if total is None else (total / number).quantize(CENT, ROUND_HALF_UP)
    return CategoryPrices.model_validate({**row, "average_price": average})
# {% endcall %}
# {% endcall %}
