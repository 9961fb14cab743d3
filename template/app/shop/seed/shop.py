"""The whole made-up shop, and how it gets into the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from app.errors import Conflict
from app.models import Address, Category, Order, OrderItem, Product, ProductTag, Tag, User
from app.models.base import Base
from app.shop.seed.catalog import build_categories, build_product_tags, build_products, build_tags
from app.shop.seed.customers import build_addresses, build_orders, build_users
from app.shop.seed.rows import Row

USERS = 40
PRODUCTS = 60
ORDERS = 120
BATCH = 500


@dataclass(frozen=True)
class Shop:
    """The rows of each table."""

    categories: list[Row]
    tags: list[Row]
    products: list[Row]
    product_tags: list[Row]
    users: list[Row]
    addresses: list[Row]
    orders: list[Row]
    items: list[Row]

    def __len__(self) -> int:
        """Return how many rows there are in all."""
        return sum(len(getattr(self, field.name)) for field in fields(self))


def build_shop(until: datetime, scale: int = 1, seed: int = 1) -> Shop:
    """Return a shop that opened a year before a moment. The same arguments give the same shop."""
    random = Random(seed)  # noqa: S311 - nothing here is a secret
    tags = build_tags(until)
    products = build_products(random, scale * PRODUCTS, until)
    users = build_users(random, scale * USERS, until)
    addresses = build_addresses(random, users)
    orders, items = build_orders(random, scale * ORDERS, addresses, products, until)
    return Shop(
        categories=build_categories(until),
        tags=tags,
        products=products,
        product_tags=build_product_tags(random, products, tags),
        users=users,
        addresses=addresses,
        orders=orders,
        items=items,
    )


def require_empty_shop(connection: Connection) -> None:
    """Raise Conflict where there are users or products already."""
    users = connection.scalar(select(func.count()).select_from(User))
    products = connection.scalar(select(func.count()).select_from(Product))
    if users or products:
        raise Conflict(
            f"only an empty shop is filled, and this one has {users} users and {products} "
            "products; point DATABASE_URL at a new database and run `app db upgrade` there",
        )


def fill(connection: Connection, shop: Shop, report: Callable[[int], None]) -> None:
    """Insert the rows in batches, and report how many each batch has."""

    def add(model: type[Base], rows: list[Row]) -> None:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            connection.execute(insert(model), batch)
            report(len(batch))

    add(Category, [row for row in shop.categories if row["parent_id"] is None])
    categories = _keys(connection, Category.slug, Category.id)
    inner = [row for row in shop.categories if row["parent_id"] is not None]
    add(Category, _with_keys(inner, parent_id=categories))
    add(Tag, shop.tags)
    tags = _keys(connection, Tag.slug, Tag.id)
    categories = _keys(connection, Category.slug, Category.id)
    add(Product, _with_keys(shop.products, category_id=categories))
    products = _keys(connection, Product.sku, Product.id)
    add(ProductTag, _with_keys(shop.product_tags, product_id=products, tag_id=tags))
    add(User, shop.users)
    users = _keys(connection, User.username, User.id)
    add(Address, _with_keys(shop.addresses, user_id=users))
    add(Order, _with_keys(shop.orders, user_id=users))
    orders = _keys(connection, Order.order_number, Order.id)
    add(OrderItem, _with_keys(shop.items, order_id=orders, product_id=products))


def _keys(
    connection: Connection,
    name: InstrumentedAttribute[str],
    key: InstrumentedAttribute[int],
) -> Mapping[Any, int]:
    """Return the key of each row by the name that others refer to it with."""
    found = connection.execute(select(name, key))
    return dict(found.all())


def _with_keys(rows: list[Row], **keys: Mapping[Any, int]) -> list[Row]:
    """Put keys in the place of the names by which rows refer to others."""
    return [row | {column: known[row[column]] for column, known in keys.items()} for row in rows]
