# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How many statements requests for addresses cost, however many rows there are."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Address, User
from tests.factories import address_data, user_data
from tests.statements import Cost, counted_statements

ROWS = 15
BUDGET = [
    Cost("GET", "/users", None, 2),
    Cost("GET", "/users/{user.id}", None, 2),
    Cost("GET", "/users/{user.id}/addresses", None, 3),
    Cost("POST", "/users/{user.id}/addresses", address_data(), 3),
    Cost("GET", "/users/{user.id}/addresses/{address.id}", None, 1),
    Cost("PUT", "/users/{user.id}/addresses/{address.id}", address_data(), 3),
    Cost("PATCH", "/users/{user.id}/addresses/{address.id}", {"city": "New"}, 3),
    Cost("DELETE", "/users/{user.id}/addresses/{address.id}", None, 3),
]


async def fill(session: AsyncSession) -> User:
    """Store more users, and more addresses of each, than any request may cost statements."""
    users = [User(**user_data()) for _ in range(ROWS)]
    for user in users:
        user.addresses = [Address(**address_data()) for _ in range(ROWS)]
    session.add_all(users)
    await session.commit()
    return users[0]


@pytest.mark.parametrize("cost", BUDGET, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_a_request_costs_this_many_statements_however_many_rows_there_are(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    cost: Cost,
) -> None:
    user = await fill(session)
    path = cost.path.format(user=user, address=user.addresses[0])

    with counted_statements(app) as statements:
        response = await client.request(cost.method, path, json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)
# {% endcall %}
