# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What members do in the shop takes a scope: a key that was made for less does nothing there."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.models import Product
from tests.auth.world import BODIES, World, add_world, everything, limit_scopes, operations
from tests.factories import product_data
from tests.shop.orders.shopping import add_user, place

PRIVATE = ("/orders", "/transfers", "/users/{user_id}/")


async def try_all(app: FastAPI, client: AsyncClient, world: World) -> dict[str, int]:
    """Try whatever belongs to one user; return the statuses."""
    told: dict[str, int] = {}
    for method, path in operations(app):
        if path.startswith(PRIVATE):
            name = f"{method} {path}"
            body = BODIES.get(name, {})
            response = await client.request(method, path.format(**world), json=body)
            told[name] = response.status_code
    return told


async def test_a_key_without_the_scope_does_nothing(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    world = await add_world(app, session)
    await limit_scopes(session, Scope.CATALOG, Scope.USERS)
    before = await everything(session)

    told = await try_all(app, client, world)
    after = await everything(session)

    assert len(told) >= 12
    assert set(told.values()) == {403}
    assert after == before


@pytest.mark.parametrize(("scopes", "status"), [([], 403), ([Scope.SHOP], 201)])
async def test_a_key_of_a_member_buys_only_where_it_was_made_for_that(
    client: AsyncClient,
    session: AsyncSession,
    scopes: list[Scope],
    status: int,
) -> None:
    user_id = await add_user(session)
    product = Product(**product_data(stock_quantity=5))
    session.add(product)
    await session.flush()
    await limit_scopes(session, *scopes)

    response = await place(client, user_id, (product.id, 1))

    assert response.status_code == status
# {% endcall %}
