# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""How many statements each request costs, however many rows there are."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product, Tag
from tests.factories import category_data, product_data, tag_data
from tests.statements import Cost, counted_statements

ROWS = 15
BUDGET = [
    Cost("GET", "/categories", None, 2),
    Cost("POST", "/categories", category_data(), 2),
    Cost("GET", "/categories/tree", None, 1),
    Cost("GET", "/categories/slug/{parent.slug}", None, 1),
    Cost("GET", "/categories/{parent.id}", None, 1),
    Cost("PUT", "/categories/{parent.id}", category_data(), 3),
    Cost("PATCH", "/categories/{parent.id}", {"name": "New"}, 3),
    Cost("PATCH", "/categories/{child.id}", {"parent_id": None}, 3),
    Cost("DELETE", "/categories/{empty.id}", None, 3),
    Cost("GET", "/categories/{parent.id}/tree", None, 1),
    Cost("GET", "/categories/{child.id}/products", None, 3),
    Cost("GET", "/categories/{parent.id}/products?include_subcategories=true", None, 3),
    Cost("GET", "/products", None, 2),
    Cost("GET", "/products?search=product&sort=-price&is_active=true&min_price=1", None, 2),
    Cost("GET", "/products?tag={tag.slug}", None, 2),
    Cost("GET", "/products/statistics", None, 1),
    Cost("GET", "/products/low-stock", None, 2),
    Cost("POST", "/products", product_data(), 2),
    Cost("GET", "/products/{product.id}", None, 2),
    Cost("GET", "/products/slug/{product.slug}", None, 2),
    Cost("GET", "/products/sku/{product.sku}", None, 2),
    Cost("PUT", "/products/{product.id}", product_data(), 3),
    Cost("PATCH", "/products/{product.id}", {"name": "New"}, 3),
    Cost("PATCH", "/products/{product.id}", {}, 1),
    Cost("DELETE", "/products/{product.id}", None, 3),
    Cost("GET", "/products/{product.id}/tags", None, 2),
    Cost("GET", "/tags", None, 2),
    Cost("POST", "/tags", tag_data(), 2),
    Cost("GET", "/tags/slug/{tag.slug}", None, 1),
    Cost("GET", "/tags/{tag.id}", None, 1),
    Cost("PUT", "/tags/{tag.id}", tag_data(), 3),
    Cost("PATCH", "/tags/{tag.id}", {"name": "New"}, 3),
    Cost("DELETE", "/tags/{tag.id}", None, 3),
]


async def fill(session: AsyncSession) -> dict[str, Any]:
    """Store more rows than any request may cost statements, and return one of each kind."""
    parent, empty = Category(**category_data()), Category(**category_data())
    children = [Category(**category_data(), parent=parent) for _ in range(ROWS)]
    tags = [Tag(**tag_data()) for _ in range(ROWS)]
    products = [Product(**product_data(), category=child, tags=tags) for child in children]
    session.add_all([empty, *products])
    await session.commit()
    return {
        "parent": parent,
        "empty": empty,
        "child": children[0],
        "product": products[0],
        "products": products,
        "tag": tags[0],
        "tags": tags,
    }


@pytest.mark.parametrize("cost", BUDGET, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_a_request_costs_this_many_statements_however_many_rows_there_are(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    cost: Cost,
) -> None:
    things = await fill(session)

    with counted_statements(app) as statements:
        response = await client.request(cost.method, cost.path.format(**things), json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def test_moving_a_category_costs_one_statement_more(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    things = await fill(session)

    with counted_statements(app) as statements:
        response = await client.patch(
            f"/categories/{things['child'].id}",
            json={"parent_id": things["empty"].id},
        )

    assert response.status_code == 200
    assert len(statements) == 4, "\n".join(statements)


async def test_placing_a_new_category_costs_one_statement_more(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    things = await fill(session)
    data = category_data(parent_id=things["child"].id)

    with counted_statements(app) as statements:
        response = await client.post("/categories", json=data)

    assert response.status_code == 201
    assert len(statements) == 3, "\n".join(statements)


async def test_tags_are_replaced_by_as_many_statements_as_one(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    things = await fill(session)
    fresh = [Tag(**tag_data()) for _ in range(ROWS)]
    session.add_all(fresh)
    await session.commit()
    data = {"tag_ids": [tag.id for tag in fresh]}

    with counted_statements(app) as statements:
        response = await client.put(f"/products/{things['product'].id}/tags", json=data)

    # Lock the product, read its tags, lock the new ones; then update, delete and insert.
    assert response.status_code == 200
    assert len(statements) == 6, "\n".join(statements)


async def test_many_products_are_added_by_no_more_than_their_inserts(
    app: FastAPI,
    client: AsyncClient,
) -> None:
    with counted_statements(app) as statements:
        response = await client.post("/products/bulk", json=[product_data() for _ in range(ROWS)])

    # One for all, where the database can return the keys of many rows in their order.
    assert response.status_code == 201
    assert len(statements) in {2, ROWS + 1}, "\n".join(statements)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_many_products_are_changed_by_no_more_than_their_updates(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    things = await fill(session)
    ids = [product.id for product in things["products"]]
    changes = [{"id": key, "price": f"{number}.50"} for number, key in enumerate(ids)]
    query = "&".join(f"id={key}" for key in ids)

    with counted_statements(app) as statements:
        if method == "PATCH":
            response = await client.patch("/products/bulk", json=changes)
        else:
            response = await client.delete(f"/products/bulk?{query}")

    # One for all, where the driver can tell how many rows they have found together.
    assert response.status_code in {200, 204}
    assert len(statements) in {3, ROWS + 2}, "\n".join(statements)
# {% endcall %}
