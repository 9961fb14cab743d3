# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The code of docs/raw-sql.md returns what the ORM returns."""

import re
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.errors import Conflict, NotFound
from app.models import Order, OrderStatus, Product, User
from app.models.base import utc_now
from tests.shop.factories import product_data

PAGE = Path(__file__).parents[2] / "docs/raw-sql.md"
NAMES = ["Ann Under_score", "Bob 100%", "Cem Percent 100", "DAN underXscore", "eve / slash"]


def execute_page() -> Any:
    """Module with the names that the Python blocks of the page define."""
    module = ModuleType("raw_sql")
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"))
    exec("\n".join(blocks), module.__dict__)  # noqa: S102
    return module


raw_sql = execute_page()


async def add_users(session: AsyncSession, *names: str) -> list[User]:
    users = [
        User(username=f"user{number}", email=f"user{number}@example.com", full_name=name)
        for number, name in enumerate(names)
    ]
    session.add_all(users)
    await session.flush()
    return users


async def add_products(session: AsyncSession, **stocks: int) -> list[Product]:
    products = [
        Product(**product_data(price=Decimal(price[1:]) / 100, stock_quantity=stock))
        for price, stock in stocks.items()
    ]
    session.add_all(products)
    await session.flush()
    return products


async def add_order(
    session: AsyncSession,
    user: User,
    total: str,
    status: OrderStatus = OrderStatus.PENDING,
) -> None:
    count = await session.scalar(select(func.count()).select_from(Order))
    values = {"order_number": f"N{count}", "total_amount": Decimal(total), "status": status}
    session.add(Order(user_id=user.id, shipping_address="Here", **values))
    await session.flush()


@pytest.mark.parametrize("search", ["", "user", "ANN", "%", "_", "/", "100%", "r_s", "unknown"])
async def test_search_finds_what_the_orm_finds(session: AsyncSession, search: str) -> None:
    users = await add_users(session, *NAMES)
    users[0].deleted_at = utc_now()
    users[1].store_credit = Decimal("0.10")
    await session.flush()
    columns = (User.username, User.full_name)
    found = [column.icontains(search, autoescape=True) for column in columns]
    statement = select(User).where(User.deleted_at.is_(None), or_(*found)).order_by(User.username)

    by_orm = await session.scalars(statement)
    by_hand = await raw_sql.list_users(session, search, limit=100, offset=0)

    assert by_hand == [(one.id, one.username, one.email, one.store_credit) for one in by_orm]
    assert all(isinstance(user.store_credit, Decimal) for user in by_hand)


async def test_limit_and_offset_select_a_page(session: AsyncSession) -> None:
    await add_users(session, *NAMES)

    found = await raw_sql.list_users(session, "user", limit=2, offset=1)

    assert [user.username for user in found] == ["user1", "user2"]


async def test_order_is_stored_as_the_orm_reads_it(session: AsyncSession) -> None:
    [user] = await add_users(session, "Ann")
    first, second = await add_products(session, _1010=5, _333=7)

    items = {second.id: 3, first.id: 5}
    order_id = await raw_sql.place_order(session, user.id, items, "Here", "N1")

    statement = select(Order).where(Order.id == order_id).options(selectinload(Order.items))
    order = await session.scalar(statement)
    assert order
    assert (order.order_number, order.user_id, order.status) == ("N1", user.id, OrderStatus.PENDING)
    assert order.total_amount == Decimal("60.49")
    assert abs((utc_now() - order.created_at).total_seconds()) < 60
    assert {
        item.product_id: (item.quantity, item.unit_price, item.total_price) for item in order.items
    } == {
        first.id: (5, Decimal("10.10"), Decimal("50.50")),
        second.id: (3, Decimal("3.33"), Decimal("9.99")),
    }


async def test_order_reduces_stock_and_increments_the_version(
    session: AsyncSession,
) -> None:
    [user] = await add_users(session, "Ann")
    [product] = await add_products(session, _100=5)
    version = product.version

    await raw_sql.place_order(session, user.id, {product.id: 2}, "Here", "N1")

    await session.refresh(product)
    assert (product.stock_quantity, product.version) == (3, version + 1)


async def test_insufficient_stock_is_a_conflict(session: AsyncSession) -> None:
    [user] = await add_users(session, "Ann")
    [product] = await add_products(session, _100=5)

    with pytest.raises(Conflict, match=f"Product {product.id}"):
        await raw_sql.place_order(session, user.id, {product.id: 6}, "Here", "N1")

    await session.refresh(product)
    assert product.stock_quantity == 5


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": utc_now()}, None])
async def test_unavailable_product_or_user_is_not_found(
    session: AsyncSession,
    change: dict[str, object] | None,
) -> None:
    [user, gone] = await add_users(session, "Ann", "Bob")
    [product, offered] = await add_products(session, _100=5, _200=5)
    if change is None:
        await session.delete(product)
        await session.delete(gone)
    for name, value in (change or {}).items():
        setattr(product, name, value)
        setattr(gone, name, value)
    await session.flush()

    with pytest.raises(NotFound, match="Product"):
        await raw_sql.place_order(session, user.id, {product.id: 1}, "Here", "N1")
    with pytest.raises(NotFound, match="User"):
        await raw_sql.place_order(session, gone.id, {offered.id: 1}, "Here", "N2")


async def test_top_spenders_are_those_the_orm_finds(session: AsyncSession) -> None:
    ann, bob, cem, dan = await add_users(session, "Ann", "Bob", "Cem", "Dan")
    dan.deleted_at = utc_now()
    for user, total in [(ann, "0.10"), (ann, "0.20"), (bob, "5.00"), (cem, "5.00"), (dan, "9")]:
        await add_order(session, user, total)
    await add_order(session, ann, "100.00", OrderStatus.CANCELLED)
    spent = func.sum(Order.total_amount)
    statement = (
        select(User.id, User.username, func.count(), spent)
        .join(Order, Order.user_id == User.id)
        .where(User.deleted_at.is_(None), Order.status != OrderStatus.CANCELLED)
        .group_by(User.id, User.username)
        .order_by(spent.desc(), User.id)
    )

    result = await session.execute(statement)
    by_orm = [raw_sql.Spender(*row) for row in result]
    by_hand = await raw_sql.top_spenders(session, limit=10)

    assert by_hand == by_orm
    assert by_hand[-1] == (ann.id, "user0", 2, Decimal("0.30"))
    best = await raw_sql.top_spenders(session, limit=1)
    assert best == by_orm[:1]
# {% endcall %}
