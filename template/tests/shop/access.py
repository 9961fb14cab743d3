# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Rows of one user, one for each parameter of a path, and bodies for the requests."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.auth.tokens import new_token
from app.models import Address, ApiKey, Category, Product, Tag, Transfer, UserSession
from app.models.base import Base
from tests.auth.users import add_session, add_user
from tests.credentials import api_key
from tests.factories import user_data
from tests.shop.factories import address_data, category_data, order_row, product_data, tag_data

OwnedRows = dict[str, Any]

VARIABLE = re.compile(r"{(\w+)}")
CATALOG = ("/categories", "/products", "/tags")
# Valid bodies, so that only access control can reject a request.
BODIES: dict[str, Any] = {
    "PUT /categories/{category_id}": category_data(),
    "PATCH /categories/{category_id}": {"name": "New"},
    "PUT /products/{product_id}": product_data(),
    "PATCH /products/{product_id}": {"name": "New"},
    "PUT /products/{product_id}/tags": {"tag_ids": []},
    "PUT /tags/{tag_id}": tag_data(),
    "PATCH /tags/{tag_id}": {"name": "New"},
    "PUT /users/{user_id}": user_data(),
    "PATCH /users/{user_id}": {"bio": "New"},
    "POST /users/{user_id}/addresses": address_data(),
    "PUT /users/{user_id}/addresses/{address_id}": address_data(),
    "PATCH /users/{user_id}/addresses/{address_id}": {"city": "New"},
    # The only status that a member can set.
    "PATCH /orders/{order_id}/status": {"status": "cancelled"},
}


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of each operation, also of nested routers."""
    for route in iter_route_contexts(app.routes):
        for method in (route.methods or {"ANY"}) - {"HEAD"}:
            yield method, f"{route.path}"


def object_operations(app: FastAPI) -> list[tuple[str, str]]:
    """Operations whose path names an object."""
    return sorted(one for one in operations(app) if VARIABLE.search(one[1]))


def is_public(method: str, path: str) -> bool:
    """Tell whether anonymous clients can call this: only reads of the catalog."""
    return method == "GET" and path.startswith(CATALOG)


async def add_owned_rows(app: FastAPI, session: AsyncSession) -> OwnedRows:
    """Store a user with rows of every kind; return a value for each parameter of a path."""
    owner, other = await add_user(session), await add_user(session)
    category, tag = Category(**category_data()), Tag(**tag_data())
    product = Product(**product_data(price=Decimal(1)))
    # One slug for all three, because one path parameter stands for all three.
    category.slug = product.slug = tag.slug = f"slug-of-{owner['id']}"
    order = order_row(owner["id"], "1.00")
    address = Address(user_id=owner["id"], **address_data())
    transfer = Transfer(from_user_id=owner["id"], to_user_id=other["id"], amount=Decimal(1))
    key = api_key(owner["id"], new_token())
    session.add_all([category, tag, product, order, address, transfer, key])
    await session.commit()
    await add_session(session, app, owner["id"])
    statement = select(UserSession.id).where(UserSession.user_id == owner["id"])
    session_id = await session.scalar(statement)
    return {
        "user_id": owner["id"],
        "email": owner["email"],
        "address_id": address.id,
        "order_id": order.id,
        "transfer_id": transfer.id,
        "key_id": key.id,
        "session_id": session_id,
        "category_id": category.id,
        "product_id": product.id,
        "tag_id": tag.id,
        "slug": product.slug,
        "sku": product.sku,
    }


async def limit_scopes(session: AsyncSession, *scopes: Scope) -> None:
    """Limit all API keys to these scopes, the staff key too."""
    await session.execute(update(ApiKey).values(scopes=[scope.value for scope in scopes]))
    await session.commit()


async def all_rows(session: AsyncSession) -> dict[str, list[Any]]:
    """All rows of all tables, without `last_used_at`."""
    found: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.c if column.name != "last_used_at"]
        rows = await session.execute(select(*columns).order_by(*table.primary_key))
        found[table.name] = list(rows.all())
    return found
# {% endcall %}
