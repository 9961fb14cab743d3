# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Number of statements per request for users."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from tests.factories import USER_DETAIL, user_data
from tests.query_counter import REVOCATION, RequestCost, count_queries

ROWS = 15
# {% if example == "shop" %}
# The audit message of a change.
AUDIT = 1
# {% else %}
AUDIT = 0
# {% endif %}
COSTS = [
    RequestCost("GET", "/users", None, 2),
    RequestCost("GET", "/users?search=user&is_active=true&sort=-email", None, 2),
    RequestCost("POST", "/users", user_data(), 1 + AUDIT),
    RequestCost("GET", "/users?email={first.email}", None, 2),
    RequestCost("GET", "/users/{first.id}", None, 1 + len(USER_DETAIL)),
    RequestCost("PATCH", "/users/{first.id}", {"bio": "New"}, 2 + AUDIT),
    RequestCost("PATCH", "/users/{first.id}", {}, 1),
    RequestCost("DELETE", "/users/{first.id}", None, 2 + AUDIT + REVOCATION),
]


async def fill(session: AsyncSession) -> list[User]:
    """Store more users than any request costs statements."""
    users = [User(**user_data()) for _ in range(ROWS)]
    session.add_all(users)
    await session.commit()
    return users


@pytest.mark.parametrize("cost", COSTS, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_statements_per_request_do_not_grow_with_rows(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    cost: RequestCost,
) -> None:
    first, *_ = await fill(session)
    path = cost.path.format(first=first)

    with count_queries(app) as statements:
        response = await staff_client.request(cost.method, path, json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)
# {% endcall %}
