"""Which products a client asks for, and in which order."""

from sqlalchemy import ColumnElement, Select, or_

from app.database.sorting import Columns, ordering
from app.models import Product, Tag
from app.shop.categories.statements import keys_within
from app.shop.products.schemas import ProductQuery

# What a list can be sorted by. ProductFilter has the same names, each with a dash before it too.
COLUMNS: Columns = {
    "name": Product.name,
    "price": Product.price,
    "created_at": Product.created_at,
}


def matching_products(statement: Select[Product], query: ProductQuery) -> Select[Product]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    statement = statement.where(*_conditions(query))
    return statement.order_by(ordering(query.sort, COLUMNS), Product.id)


def _conditions(query: ProductQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.search is not None:
        columns = (Product.name, Product.sku, Product.description)
        found = [column.icontains(query.search, autoescape=True) for column in columns]
        conditions.append(or_(*found))
    if query.category_id is not None:
        conditions.append(_in_category(query.category_id, below=query.include_subcategories))
    if query.tag is not None:
        conditions.append(Product.tags.any(Tag.slug == query.tag))
    if query.is_active is not None:
        conditions.append(Product.is_active.is_(query.is_active))
    if query.min_price is not None:
        conditions.append(Product.price >= query.min_price)
    if query.max_price is not None:
        conditions.append(Product.price <= query.max_price)
    return conditions


def _in_category(category_id: int, *, below: bool) -> ColumnElement[bool]:
    if below:
        return Product.category_id.in_(keys_within(category_id))
    return Product.category_id == category_id
