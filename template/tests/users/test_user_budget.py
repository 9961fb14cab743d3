# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How many statements requests for users cost, however many rows there are."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from tests.factories import user_data
from tests.statements import Cost, counted_statements
from tests.users.expected import AUDIT, DETAIL

ROWS = 15
# {% if auth == "none" %}
ENDINGS = 0
NEW_ADDRESS = 0
# {% else %}
# So many end what has proved who a user is: sign-ins, tokens, keys.
ENDINGS = 3
# Whether it may be changed; that it is unproved; and what ends: sign-ins and tokens.
NEW_ADDRESS = 4
# {% endif %}
BUDGET = [
    Cost("GET", "/users", None, 2),
    Cost("GET", "/users?search=user&is_active=true&sort=-email", None, 2),
    Cost("POST", "/users", user_data(), 1 + AUDIT),
    Cost("DELETE", "/users/bulk?id={first.id}&id={second.id}", None, 2 + AUDIT + ENDINGS),
    Cost("GET", "/users/statistics", None, 1),
    Cost("GET", "/users/email/{first.email}", None, 1 + len(DETAIL)),
    Cost("GET", "/users/{first.id}", None, 1 + len(DETAIL)),
    Cost("PUT", "/users/{first.id}", user_data(), 2 + AUDIT + NEW_ADDRESS),
    Cost("PATCH", "/users/{first.id}", {"bio": "New"}, 2 + AUDIT),
    Cost("PATCH", "/users/{first.id}", {}, 1),
    Cost("DELETE", "/users/{first.id}", None, 2 + AUDIT + ENDINGS),
]


async def fill(session: AsyncSession) -> list[User]:
    """Store more users than any request may cost statements."""
    users = [User(**user_data()) for _ in range(ROWS)]
    session.add_all(users)
    await session.commit()
    return users


@pytest.mark.parametrize("cost", BUDGET, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_a_request_costs_this_many_statements_however_many_rows_there_are(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    cost: Cost,
) -> None:
    first, second, *_ = await fill(session)
    path = cost.path.format(first=first, second=second)

    with counted_statements(app) as statements:
        response = await client.request(cost.method, path, json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def test_many_users_are_changed_by_no_more_than_a_lock_and_an_update(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    users = await fill(session)
    data = {"ids": [user.id for user in users], "is_active": False}

    with counted_statements(app) as statements:
        response = await client.patch("/users/bulk", json=data)

    assert response.status_code == 200
    assert len(statements) == 2 + AUDIT + ENDINGS, "\n".join(statements)


async def test_many_users_are_added_by_no_more_than_their_inserts(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    with counted_statements(app) as statements:
        response = await client.post("/users/bulk", json=[user_data() for _ in range(ROWS)])

    # One for all, where the database can return the keys of many rows in their order.
    assert response.status_code == 201
    assert len(statements) in {1 + AUDIT, ROWS + AUDIT}, "\n".join(statements)
# {% endcall %}
