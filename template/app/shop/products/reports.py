"""Reports about products: what is short, and what they cost in each category."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row, Select, and_, func, null, select, union_all

from app.models import Category, Product
from app.pagination import PageQuery
from app.schemas import Money
from app.shop.products.schemas import Quantity

CENT = Decimal("0.01")


class LowStockQuery(PageQuery):
    """Which stock is low: no more than the threshold."""

    threshold: Quantity = 10


class CategoryPrices(BaseModel):
    """How many products a category holds, and what they cost; without names: those in none."""

    category_id: int | None
    category_name: str | None
    products: int
    average_price: Money | None
    lowest_price: Money | None
    highest_price: Money | None


def low_stock(statement: Select[Product], query: LowStockQuery) -> Select[Product]:
    """Narrow the statement to what is sold and nearly sold out, the lowest stock first."""
    low = Product.stock_quantity <= query.threshold
    statement = statement.where(Product.is_active.is_(True), low)
    return statement.order_by(Product.stock_quantity, Product.id)


def prices_by_category() -> Select[Any]:
    """Return the statement that sums up each category by name, and last what is in none."""
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


def read_prices(rows: Iterable[Row[Any]]) -> list[CategoryPrices]:
    """Return what the statement found, with averages.

    They are worked out here, because databases round an average in different ways.
    """
    return [
        CategoryPrices(
            category_id=row.category_id,
            category_name=row.category_name,
            products=row.products,
            average_price=_average(row.total, row.products),
            lowest_price=row.lowest_price,
            highest_price=row.highest_price,
        )
        for row in rows
    ]


def _average(total: Decimal | None, number: int) -> Decimal | None:
    if total is None:
        return None
    return (total / number).quantize(CENT, ROUND_HALF_UP)
