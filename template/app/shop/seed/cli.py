"""`app db seed`: fill an empty shop with demo data."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Annotated, Any, Literal, NamedTuple

import typer
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from app.config import load_settings
from app.database.cli import one_line_errors
from app.database.migration import build_migration_engine
from app.errors import Conflict
from app.models import Address, Category, Order, OrderItem, Product, ProductTag, Tag, User
from app.models.base import Base, utc_now
from app.shop.seed import rows as demo
from app.shop.seed.rows import Row

USERS = 40
PRODUCTS = 60
ORDERS = 120
BATCH = 500
Size = Literal["small", "medium", "large"]
SCALES: dict[Size, int] = {"small": 1, "medium": 10, "large": 100}


class Shop(NamedTuple):
    """Rows of each table."""

    categories: list[Row]
    tags: list[Row]
    products: list[Row]
    product_tags: list[Row]
    users: list[Row]
    addresses: list[Row]
    orders: list[Row]
    items: list[Row]


def build_shop(until: datetime, scale: int = 1, seed: int = 1) -> Shop:
    """Build a shop that opened a year before a time. The same arguments give the same shop."""
    random = Random(seed)  # noqa: S311 - nothing here is a secret
    tags = demo.build_tags(until)
    products = demo.build_products(random, scale * PRODUCTS, until)
    users = demo.build_users(random, scale * USERS, until)
    addresses = demo.build_addresses(random, users)
    orders, items = demo.build_orders(random, scale * ORDERS, addresses, products, until)
    return Shop(
        categories=demo.build_categories(until),
        tags=tags,
        products=products,
        product_tags=demo.build_product_tags(random, products, tags),
        users=users,
        addresses=addresses,
        orders=orders,
        items=items,
    )


def require_empty_shop(connection: Connection) -> None:
    """Raise Conflict if there are users or products already."""
    users = connection.scalar(select(func.count()).select_from(User))
    products = connection.scalar(select(func.count()).select_from(Product))
    if users or products:
        raise Conflict(
            f"only an empty shop is filled, and this one has {users} users and {products} "
            "products; point DATABASE_URL at a new database and run `app db upgrade` there",
        )


def fill(connection: Connection, shop: Shop, report: Callable[[int], None]) -> None:
    """Insert the rows in batches, and report the size of each batch."""

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
    """Key of each row, by the name that other rows refer to it with."""
    found = connection.execute(select(name, key))
    return dict(found.all())


def _with_keys(rows: list[Row], **keys: Mapping[Any, int]) -> list[Row]:
    """Replace the names by which rows refer to others with keys."""
    return [row | {column: known[row[column]] for column, known in keys.items()} for row in rows]


def seed(size: Annotated[Size, typer.Option(help="60 products, 600 or 6000.")] = "small") -> None:
    """Fill an empty shop with demo users, products and orders: all of them or none."""
    settings = load_settings()
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    shop = build_shop(today, SCALES[size])
    with one_line_errors():
        if settings.environment == "production":
            raise Conflict(
                "demo data does not belong in production; for a database that can hold it, "
                "run the command with ENVIRONMENT=development",
            )
        with build_migration_engine(settings).begin() as connection:
            require_empty_shop(connection)
            with typer.progressbar(length=sum(map(len, shop)), label="Filling the shop") as bar:
                fill(connection, shop, bar.update)
    typer.echo(
        f"{len(shop.users)} users, {len(shop.products)} products, {len(shop.orders)} orders."
    )
