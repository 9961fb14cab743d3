# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A session that knows its actor finds what is the actor's, however it is asked."""

import pytest
from fastapi import FastAPI
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.auth.ownership import restrict_to_owner
from app.auth.scopes import Actor, Scope
from app.models import Order, Transfer, User
from tests.auth.world import World, add_world

another = aliased(Order)
COUNTS: dict[str, Select[int]] = {
    "rows": select(func.count(Order.id)),
    "table": select(func.count()).select_from(Order),
    "alias": select(func.count(another.id)),
    "subquery": select(func.count()).select_from(select(Order).subquery()),
    "join": select(func.count(Order.id)).join(User),
    "exists": select(func.count(User.id)).where(User.id.in_(select(Order.user_id))),
    "transfers": select(func.count(Transfer.id)),
}


def member(user_id: int, *scopes: Scope) -> Actor:
    return Actor(user_id, frozenset(scopes), None)


async def add_worlds(app: FastAPI, session: AsyncSession) -> tuple[World, World]:
    """Store what belongs to two users; return what each has."""
    own = await add_world(app, session)
    other = await add_world(app, session)
    return own, other


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS.keys())
async def test_what_is_counted_is_the_own(
    app: FastAPI,
    session: AsyncSession,
    count: Select[int],
) -> None:
    own, _ = await add_worlds(app, session)
    all_of_them = await session.scalar(count)
    async with app.state.sessions() as narrowed:
        restrict_to_owner(narrowed.info, member(own["user_id"]))
        found = await narrowed.scalar(count)
    async with app.state.sessions() as wide:
        restrict_to_owner(wide.info, member(own["user_id"], Scope.ORDERS))
        for_managers = await wide.scalar(count)

    assert (found, for_managers, all_of_them) == (1, 2, 2)


async def test_what_is_got_by_its_key_is_the_own(app: FastAPI, session: AsyncSession) -> None:
    own, other = await add_worlds(app, session)
    async with app.state.sessions() as narrowed:
        restrict_to_owner(narrowed.info, member(own["user_id"]))
        found = await narrowed.get(Order, own["order_id"])
        foreign = await narrowed.get(Order, other["order_id"])
        foreign_transfer = await narrowed.get(Transfer, other["transfer_id"])

    assert found.user_id == own["user_id"]
    assert (foreign, foreign_transfer) == (None, None)


async def test_what_is_changed_is_the_own(app: FastAPI, session: AsyncSession) -> None:
    own, other = await add_worlds(app, session)
    async with app.state.sessions.begin() as narrowed:
        restrict_to_owner(narrowed.info, member(own["user_id"]))
        await narrowed.execute(update(Order).values(shipping_address="Elsewhere"))

    rows = await session.execute(select(Order.user_id, Order.shipping_address))
    assert dict(rows.all()) == {own["user_id"]: "Elsewhere", other["user_id"]: "1 Main Street"}
# {% endcall %}
