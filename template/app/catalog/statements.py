"""Which rows a client asks for, and in which order."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.schemas import CategoryQuery, ProductQuery
from app.models import Category, Product

Columns = Mapping[str, InstrumentedAttribute[Any]]

# What a list can be sorted by. The schemas hold the same names, each with a dash before it too.
CATEGORY_COLUMNS: Columns = {"name": Category.name, "created_at": Category.created_at}
PRODUCT_COLUMNS: Columns = {
    "name": Product.name,
    "price": Product.price,
    "created_at": Product.created_at,
}


def matching_categories(statement: Select[Category], query: CategoryQuery) -> Select[Category]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    if query.search is not None:
        statement = statement.where(Category.name.icontains(query.search, autoescape=True))
    if query.parent_id is not None:
        statement = statement.where(Category.parent_id == query.parent_id)
    return statement.order_by(_ordering(query.sort, CATEGORY_COLUMNS), Category.id)


def matching_products(statement: Select[Product], query: ProductQuery) -> Select[Product]:
    """Narrow the statement to what the client asked for, in the order it asked for."""
    statement = statement.where(*_conditions(query))
    return statement.order_by(_ordering(query.sort, PRODUCT_COLUMNS), Product.id)


def _conditions(query: ProductQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.search is not None:
        columns = (Product.name, Product.sku, Product.description)
        found = [column.icontains(query.search, autoescape=True) for column in columns]
        conditions.append(or_(*found))
    if query.category_id is not None:
        conditions.append(Product.category_id == query.category_id)
    if query.is_active is not None:
        conditions.append(Product.is_active.is_(query.is_active))
    if query.min_price is not None:
        conditions.append(Product.price >= query.min_price)
    if query.max_price is not None:
        conditions.append(Product.price <= query.max_price)
    return conditions


def _ordering(sort: str, columns: Columns) -> ColumnElement[Any]:
    """Return the ordering for a name of the allow-list; a dash before it means descending."""
    column = columns[sort.removeprefix("-")]
    return column.desc() if sort.startswith("-") else column.asc()
