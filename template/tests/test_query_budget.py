# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How many statements each request costs, however many rows there are."""

from collections.abc import Generator
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from tests.factories import category_data, product_data


class Cost(NamedTuple):
    """A request, and how many statements it may cost."""

    method: str
    path: str
    body: dict[str, Any] | None
    statements: int


ROWS = 15
# What the tests' own roll-back adds to a transaction.
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
BUDGET = [
    Cost("GET", "/categories", None, 2),
    Cost("POST", "/categories", category_data(), 1),
    Cost("GET", "/categories/tree", None, 1),
    Cost("GET", "/categories/slug/{parent.slug}", None, 1),
    Cost("GET", "/categories/{parent.id}", None, 1),
    Cost("PUT", "/categories/{parent.id}", category_data(), 2),
    Cost("PATCH", "/categories/{parent.id}", {"name": "New"}, 2),
    Cost("PATCH", "/categories/{child.id}", {"parent_id": None}, 2),
    Cost("DELETE", "/categories/{empty.id}", None, 2),
    Cost("GET", "/categories/{child.id}/products", None, 3),
    Cost("GET", "/products", None, 2),
    Cost("GET", "/products?search=product&sort=-price&is_active=true&min_price=1", None, 2),
    Cost("POST", "/products", product_data(), 1),
    Cost("GET", "/products/{product.id}", None, 1),
    Cost("GET", "/products/slug/{product.slug}", None, 1),
    Cost("GET", "/products/sku/{product.sku}", None, 1),
    Cost("PUT", "/products/{product.id}", product_data(), 2),
    Cost("PATCH", "/products/{product.id}", {"name": "New"}, 2),
    Cost("PATCH", "/products/{product.id}", {}, 1),
    Cost("DELETE", "/products/{product.id}", None, 2),
]


@pytest.fixture
def statements(app: FastAPI) -> Generator[list[str]]:
    """What the engine runs from now on."""
    ran: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(SAVEPOINTS):
            ran.append(statement)

    engine = app.state.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield ran
    event.remove(engine, "before_cursor_execute", note)


async def fill(session: AsyncSession) -> dict[str, Category | Product]:
    """Store more rows than any request may cost statements, and return one of each kind."""
    parent, empty = Category(**category_data()), Category(**category_data())
    children = [Category(**category_data(), parent=parent) for _ in range(ROWS)]
    products = [Product(**product_data(), category=child) for child in children]
    session.add_all([empty, *products])
    await session.commit()
    return {"parent": parent, "empty": empty, "child": children[0], "product": products[0]}


@pytest.mark.parametrize("cost", BUDGET, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_a_request_costs_this_many_statements_however_many_rows_there_are(
    client: AsyncClient,
    session: AsyncSession,
    statements: list[str],
    cost: Cost,
) -> None:
    things = await fill(session)
    statements.clear()

    response = await client.request(cost.method, cost.path.format(**things), json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def test_moving_a_category_costs_one_statement_more(
    client: AsyncClient,
    session: AsyncSession,
    statements: list[str],
) -> None:
    things = await fill(session)
    statements.clear()

    response = await client.patch(
        f"/categories/{things['child'].id}",
        json={"parent_id": things["empty"].id},
    )

    assert response.status_code == 200
    assert len(statements) == 3, "\n".join(statements)
# {% endcall %}
