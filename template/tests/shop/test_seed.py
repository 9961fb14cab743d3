"""`app db seed`: an example shop that keeps every rule, the same each time."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select
from typer.testing import CliRunner, Result

from app.cli import cli
from app.config import Settings, load_settings
from app.database.migration import build_migration_engine
from app.main import create_app
from app.models import Address, Category, Order, OrderItem, OrderStatus, Product, ProductTag, User
from app.models.base import Base
from app.shop.seed.cli import PRODUCTS, USERS, Shop, build_shop, fill
from tests.databases import migrated_database
from tests.live import PRODUCTION, serve

TODAY = datetime(2026, 3, 1, tzinfo=UTC)
runner = CliRunner()


@pytest.fixture(scope="module")
def shop() -> Shop:
    return build_shop(TODAY)


@pytest.fixture(scope="module")
def seeded(shop: Shop) -> Generator[Settings]:
    """Database with the seeded shop."""
    with migrated_database() as settings:
        delete_users(settings)
        with build_migration_engine(settings).begin() as connection:
            fill(connection, shop, lambda _number: None)
        yield settings


@pytest.fixture
def connection(seeded: Settings) -> Generator[Connection]:
    with build_migration_engine(seeded).connect() as connection:
        yield connection


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """An empty database, to which DATABASE_URL points."""
    with migrated_database() as settings:
        delete_users(settings)
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        yield settings
    load_settings.cache_clear()


def delete_users(settings: Settings) -> None:
    """Delete all rows but the categories of the migrations: the staff user of the tests too."""
    with build_migration_engine(settings).begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "categories":
                connection.execute(table.delete())


def count(connection: Connection, model: type[Base]) -> int:
    return connection.scalar(select(func.count()).select_from(model)) or 0


def assert_one_line_error(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_same_seed_builds_the_same_shop(shop: Shop) -> None:
    assert build_shop(TODAY) == shop
    assert build_shop(TODAY, seed=2) != shop


def test_stored_rows_are_the_same_on_every_database(connection: Connection, shop: Shop) -> None:
    users = connection.execute(select(User.username, User.created_at).order_by(User.id))
    products = connection.execute(select(Product.sku, Product.price).order_by(Product.id))
    orders = connection.execute(select(Order.order_number, Order.status).order_by(Order.id))

    assert users.all() == [(row["username"], row["created_at"]) for row in shop.users]
    assert products.all() == [(row["sku"], row["price"]) for row in shop.products]
    assert orders.all() == [(row["order_number"], row["status"]) for row in shop.orders]
    assert count(connection, Address) == len(shop.addresses)
    assert count(connection, ProductTag) == len(shop.product_tags)
    assert count(connection, OrderItem) == len(shop.items)


def test_order_total_is_the_sum_of_its_items(connection: Connection) -> None:
    items = select(OrderItem.order_id, OrderItem.quantity, OrderItem.unit_price)
    totals: dict[int, Decimal] = {}
    for order_id, quantity, price in connection.execute(items):
        totals[order_id] = totals.get(order_id, Decimal()) + quantity * price

    stored = connection.execute(select(Order.id, Order.total_amount))
    assert dict(stored.all()) == totals


def test_every_order_status_and_stock_state_occurs(connection: Connection) -> None:
    statuses = connection.scalars(select(Order.status).distinct())
    sold_out = select(func.count()).where(Product.stock_quantity == 0)
    inactive = select(func.count()).where(Product.is_active.is_(False))

    assert set(statuses) == set(OrderStatus)
    assert 0 < (connection.scalar(sold_out) or 0) < PRODUCTS
    assert 0 < (connection.scalar(inactive) or 0) < PRODUCTS


def test_products_belong_to_second_level_categories(connection: Connection) -> None:
    within = select(Category.parent_id).join(Product, Product.category_id == Category.id)
    parents = connection.scalars(within).all()

    assert len(parents) == PRODUCTS
    assert None not in parents


def test_orders_are_within_the_last_year_and_after_their_user(
    connection: Connection,
) -> None:
    joined = select(Order.created_at, User.created_at).join(User, User.id == Order.user_id)
    made = connection.execute(joined).all()

    assert all(user <= order < TODAY for order, user in made)
    assert min(user for _, user in made) >= TODAY - timedelta(days=365)
    assert len({order.month for order, _ in made}) == 12


def test_service_lists_the_seeded_shop(seeded: Settings) -> None:
    with serve(create_app(seeded)) as live:
        products = live.client.get("/products").json()
        tree = live.client.get("/categories/tree").json()

    assert products["total"] == PRODUCTS
    assert any(len(root["children"]) == 3 for root in tree)


def test_seed_command_fills_an_empty_database(empty: Settings) -> None:
    result = runner.invoke(cli, ["db", "seed"])

    assert result.exit_code == 0
    assert f"{USERS} users, {PRODUCTS} products" in result.output
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == USERS


def test_seed_command_rejects_a_database_with_rows(empty: Settings) -> None:
    runner.invoke(cli, ["db", "seed"])

    result = runner.invoke(cli, ["db", "seed", "--size", "medium"])

    assert_one_line_error(result, f"has {USERS} users and {PRODUCTS} products; point DATABASE_URL")
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == USERS


def test_seed_command_rejects_production(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)

    result = runner.invoke(cli, ["db", "seed"])

    assert_one_line_error(result, "ENVIRONMENT=development")
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == 0
