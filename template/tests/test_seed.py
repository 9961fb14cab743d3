# {% from "extensions/with_accounts.jinja" import with_accounts %}
# {% call with_accounts(auth) %}
"""A made-up shop keeps every rule of a real one, and is the same whenever it is made."""

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
from app.shop.seed.shop import PRODUCTS, USERS, Shop, build_shop, fill
from tests.databases import migrated_database
from tests.live import serve
from tests.staff import enter_production, forget_staff

TODAY = datetime(2026, 3, 1, tzinfo=UTC)
runner = CliRunner()


@pytest.fixture(scope="module")
def shop() -> Shop:
    return build_shop(TODAY)


@pytest.fixture(scope="module")
def seeded(shop: Shop) -> Generator[Settings]:
    """A database that holds the shop."""
    with migrated_database() as settings:
        # {% if auth != "none" %}
        forget_staff(settings)
        # {% endif %}
        with build_migration_engine(settings).begin() as connection:
            fill(connection, shop, lambda _number: None)
        yield settings


@pytest.fixture
def connection(seeded: Settings) -> Generator[Connection]:
    with build_migration_engine(seeded).connect() as connection:
        yield connection


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Generator[Settings]:
    """A shop without rows, to which DATABASE_URL points."""
    with migrated_database() as settings:
        # {% if auth != "none" %}
        forget_staff(settings)
        # {% endif %}
        url = settings.database_url.render_as_string(hide_password=False)
        monkeypatch.setenv("DATABASE_URL", url)
        load_settings.cache_clear()
        yield settings
    load_settings.cache_clear()


def count(connection: Connection, model: type[Base]) -> int:
    return connection.scalar(select(func.count()).select_from(model)) or 0


def assert_one_line_error(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_same_arguments_give_the_same_shop(shop: Shop) -> None:
    assert build_shop(TODAY) == shop
    assert build_shop(TODAY, seed=2) != shop


def test_what_is_stored_is_the_same_on_every_database(connection: Connection, shop: Shop) -> None:
    users = connection.execute(select(User.username, User.created_at).order_by(User.id))
    products = connection.execute(select(Product.sku, Product.price).order_by(Product.id))
    orders = connection.execute(select(Order.order_number, Order.status).order_by(Order.id))

    assert users.all() == [(row["username"], row["created_at"]) for row in shop.users]
    assert products.all() == [(row["sku"], row["price"]) for row in shop.products]
    assert orders.all() == [(row["order_number"], row["status"]) for row in shop.orders]
    assert count(connection, Address) == len(shop.addresses)
    assert count(connection, ProductTag) == len(shop.product_tags)
    assert count(connection, OrderItem) == len(shop.items)


def test_an_order_costs_what_its_items_cost(connection: Connection) -> None:
    items = select(OrderItem.order_id, OrderItem.quantity, OrderItem.unit_price)
    totals: dict[int, Decimal] = {}
    for order_id, quantity, price in connection.execute(items):
        totals[order_id] = totals.get(order_id, Decimal()) + quantity * price

    stored = connection.execute(select(Order.id, Order.total_amount))
    assert dict(stored.all()) == totals


def test_every_status_and_every_state_of_stock_is_there(connection: Connection) -> None:
    statuses = connection.scalars(select(Order.status).distinct())
    sold_out = select(func.count()).where(Product.stock_quantity == 0)
    inactive = select(func.count()).where(Product.is_active.is_(False))

    assert set(statuses) == set(OrderStatus)
    assert 0 < (connection.scalar(sold_out) or 0) < PRODUCTS
    assert 0 < (connection.scalar(inactive) or 0) < PRODUCTS


def test_the_tree_has_two_levels_and_products_stand_in_the_second(connection: Connection) -> None:
    within = select(Category.parent_id).join(Product, Product.category_id == Category.id)
    parents = connection.scalars(within).all()

    assert len(parents) == PRODUCTS
    assert None not in parents


def test_all_was_made_within_the_last_year_and_nothing_before_its_buyer(
    connection: Connection,
) -> None:
    joined = select(Order.created_at, User.created_at).join(User, User.id == Order.user_id)
    made = connection.execute(joined).all()

    assert all(user <= order < TODAY for order, user in made)
    assert min(user for _, user in made) >= TODAY - timedelta(days=365)
    assert len({order.month for order, _ in made}) == 12


def test_the_service_shows_the_shop(seeded: Settings) -> None:
    with serve(create_app(seeded)) as live:
        products = live.client.get("/products").json()
        tree = live.client.get("/categories/tree").json()

    assert products["total"] == PRODUCTS
    assert any(len(root["children"]) == 3 for root in tree)


def test_the_command_fills_an_empty_shop(empty: Settings) -> None:
    result = runner.invoke(cli, ["db", "seed"])

    assert result.exit_code == 0
    assert f"{USERS} users, {PRODUCTS} products" in result.output
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == USERS


def test_a_shop_that_is_not_empty_is_left_alone(empty: Settings) -> None:
    runner.invoke(cli, ["db", "seed"])

    result = runner.invoke(cli, ["db", "seed", "--size", "medium"])

    assert_one_line_error(result, f"has {USERS} users and {PRODUCTS} products; point DATABASE_URL")
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == USERS


def test_production_is_left_alone(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    # {% if auth != "none" %}
    enter_production(monkeypatch)
    # {% endif %}

    result = runner.invoke(cli, ["db", "seed"])

    assert_one_line_error(result, "ENVIRONMENT=development")
    with build_migration_engine(empty).connect() as connection:
        assert count(connection, User) == 0
# {% endcall %}
