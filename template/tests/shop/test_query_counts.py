# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Number of statements per request, however many rows there are."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Address, Category, Order, OrderItem, Product, Tag, User
from tests.factories import user_data
from tests.query_counter import REVOCATION, RequestCost, count_queries
from tests.shop.factories import address_data, category_data, order_body, product_data, tag_data

ROWS = 15
# {% if auth == "none" %}
NEW_EMAIL = 0
# {% else %}
# Read the old address, reset the verification, revoke sessions and tokens.
NEW_EMAIL = 4
# {% endif %}
CATALOG = [
    RequestCost("GET", "/categories", None, 2),
    RequestCost("POST", "/categories", category_data(), 2),
    RequestCost("GET", "/categories/tree", None, 1),
    RequestCost("GET", "/categories/slug/{parent.slug}", None, 1),
    RequestCost("GET", "/categories/{parent.id}", None, 1),
    RequestCost("PUT", "/categories/{parent.id}", category_data(), 3),
    RequestCost("PATCH", "/categories/{parent.id}", {"name": "New"}, 3),
    RequestCost("PATCH", "/categories/{child.id}", {"parent_id": None}, 3),
    RequestCost("DELETE", "/categories/{empty.id}", None, 3),
    RequestCost("GET", "/categories/{parent.id}/tree", None, 1),
    RequestCost("GET", "/categories/{child.id}/products", None, 3),
    RequestCost("GET", "/categories/{parent.id}/products?include_subcategories=true", None, 3),
    RequestCost("GET", "/products", None, 2),
    RequestCost("GET", "/products?search=product&sort=-price&is_active=true&min_price=1", None, 2),
    RequestCost("GET", "/products?tag={tag.slug}", None, 2),
    RequestCost("GET", "/products/statistics", None, 1),
    RequestCost("GET", "/products/low-stock", None, 2),
    RequestCost("POST", "/products", product_data(), 2),
    RequestCost("GET", "/products/{product.id}", None, 2),
    RequestCost("GET", "/products/slug/{product.slug}", None, 2),
    RequestCost("GET", "/products/sku/{product.sku}", None, 2),
    RequestCost("PUT", "/products/{product.id}", product_data(), 3),
    RequestCost("PATCH", "/products/{product.id}", {"name": "New"}, 3),
    RequestCost("PATCH", "/products/{product.id}", {}, 1),
    RequestCost("DELETE", "/products/{product.id}", None, 3),
    RequestCost("GET", "/products/{product.id}/tags", None, 2),
    RequestCost("GET", "/tags", None, 2),
    RequestCost("POST", "/tags", tag_data(), 2),
    RequestCost("GET", "/tags/slug/{tag.slug}", None, 1),
    RequestCost("GET", "/tags/{tag.id}", None, 1),
    RequestCost("PUT", "/tags/{tag.id}", tag_data(), 3),
    RequestCost("PATCH", "/tags/{tag.id}", {"name": "New"}, 3),
    RequestCost("DELETE", "/tags/{tag.id}", None, 3),
]
ORDERS = [
    RequestCost("GET", "/orders", None, 2),
    RequestCost("GET", "/orders?user_id={user.id}&status=pending&sort=-total_amount", None, 2),
    RequestCost("GET", "/orders/statistics", None, 2),
    RequestCost("GET", "/orders/{order.id}", None, 2),
    RequestCost("PATCH", "/orders/{order.id}/status", {"status": "confirmed"}, 4),
    # Updates of products count once: see `distinct`.
    RequestCost("PATCH", "/orders/{order.id}/status", {"status": "cancelled"}, 6),
    RequestCost("GET", "/users/top-spenders", None, 1),
    RequestCost("GET", "/users/{user.id}/orders", None, 3),
]
ADDRESSES = [
    RequestCost("GET", "/users", None, 2),
    RequestCost("GET", "/users/{user.id}", None, 2),
    RequestCost("GET", "/users/{user.id}/addresses", None, 3),
    RequestCost("POST", "/users/{user.id}/addresses", address_data(), 3),
    RequestCost("GET", "/users/{user.id}/addresses/{address.id}", None, 1),
    RequestCost("PUT", "/users/{user.id}/addresses/{address.id}", address_data(), 3),
    RequestCost("PATCH", "/users/{user.id}/addresses/{address.id}", {"city": "New"}, 3),
    RequestCost("DELETE", "/users/{user.id}/addresses/{address.id}", None, 3),
]


CUSTOMERS = [
    RequestCost("DELETE", "/users/bulk?id={first.id}&id={second.id}", None, 3 + REVOCATION),
    RequestCost("GET", "/users/statistics", None, 1),
    RequestCost("PUT", "/users/{first.id}", user_data(), 3 + NEW_EMAIL),
]


async def fill_catalog(session: AsyncSession) -> dict[str, Any]:
    """Store more rows than any request costs statements; return one of each kind."""
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


@pytest.mark.parametrize("cost", CATALOG, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_statements_per_catalog_request_do_not_grow_with_rows(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    cost: RequestCost,
) -> None:
    rows = await fill_catalog(session)

    with count_queries(app) as statements:
        response = await staff_client.request(cost.method, cost.path.format(**rows), json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def test_moving_a_category_costs_one_more_statement(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    rows = await fill_catalog(session)

    with count_queries(app) as statements:
        response = await staff_client.patch(
            f"/categories/{rows['child'].id}",
            json={"parent_id": rows["empty"].id},
        )

    assert response.status_code == 200
    assert len(statements) == 4, "\n".join(statements)


async def test_creating_a_child_category_costs_one_more_statement(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    rows = await fill_catalog(session)
    data = category_data(parent_id=rows["child"].id)

    with count_queries(app) as statements:
        response = await staff_client.post("/categories", json=data)

    assert response.status_code == 201
    assert len(statements) == 3, "\n".join(statements)


async def test_replacing_tags_costs_the_same_for_any_number_of_tags(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    rows = await fill_catalog(session)
    fresh = [Tag(**tag_data()) for _ in range(ROWS)]
    session.add_all(fresh)
    await session.commit()
    data = {"tag_ids": [tag.id for tag in fresh]}

    with count_queries(app) as statements:
        response = await staff_client.put(f"/products/{rows['product'].id}/tags", json=data)

    # Lock the product, read its tags, lock the new ones; then update, delete and insert.
    assert response.status_code == 200
    assert len(statements) == 6, "\n".join(statements)


async def test_bulk_create_costs_at_most_one_insert_per_product(
    app: FastAPI,
    staff_client: AsyncClient,
) -> None:
    with count_queries(app) as statements:
        response = await staff_client.post(
            "/products/bulk",
            json=[product_data() for _ in range(ROWS)],
        )

    # One INSERT, if the database can return the ids of several rows in order.
    assert response.status_code == 201
    assert len(statements) in {2, ROWS + 1}, "\n".join(statements)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_bulk_update_and_delete_cost_at_most_one_update_per_product(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    rows = await fill_catalog(session)
    ids = [product.id for product in rows["products"]]
    changes = [{"id": key, "price": f"{number}.50"} for number, key in enumerate(ids)]
    query = "&".join(f"id={key}" for key in ids)

    with count_queries(app) as statements:
        if method == "PATCH":
            response = await staff_client.patch("/products/bulk", json=changes)
        else:
            response = await staff_client.delete(f"/products/bulk?{query}")

    # One UPDATE, if the driver reports how many rows several updates matched.
    assert response.status_code in {200, 204}
    assert len(statements) in {3, ROWS + 2}, "\n".join(statements)


async def fill_orders(session: AsyncSession) -> Order:
    """Store more orders, and more items of each, than any request costs statements."""
    products = [Product(**product_data(price=1, stock_quantity=9)) for _ in range(ROWS)]
    users = [User(**user_data()) for _ in range(ROWS)]
    orders = [
        Order(
            order_number=user.username,
            user=user,
            total_amount=ROWS,
            shipping_address="1 Main Street",
            items=[
                OrderItem(product=product, quantity=1, unit_price=1, total_price=1)
                for product in products
            ],
        )
        for user in users
    ]
    session.add_all(orders)
    await session.commit()
    return orders[0]


@pytest.mark.parametrize("cost", ORDERS, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_statements_per_order_request_do_not_grow_with_rows(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    cost: RequestCost,
) -> None:
    order = await fill_orders(session)
    path = cost.path.format(order=order, user=order.user)

    with count_queries(app) as statements:
        response = await staff_client.request(cost.method, path, json=cost.body)

    assert response.status_code == 200
    assert len(distinct(statements)) == cost.statements, "\n".join(statements)


async def test_placing_an_order_costs_the_same_for_any_number_of_products(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    order = await fill_orders(session)
    lines = [(item.product_id, 1) for item in order.items]

    with count_queries(app) as statements:
        response = await staff_client.post("/orders", json=order_body(order.user_id, *lines))

    assert response.status_code == 201
    assert len(distinct(statements)) == 7, "\n".join(statements)


def distinct(statements: list[str]) -> list[str]:
    """Statements with the updates of products, which have a version, counted once.

    Some drivers cannot report how many rows several updates matched, so each update is sent alone.
    """
    versioned = [one for one in statements if one.startswith("UPDATE products")]
    return [one for one in statements if one not in versioned] + versioned[:1]


async def fill_addresses(session: AsyncSession) -> User:
    """Store more users, and more addresses of each, than any request costs statements."""
    users = [User(**user_data()) for _ in range(ROWS)]
    for user in users:
        user.addresses = [Address(**address_data()) for _ in range(ROWS)]
    session.add_all(users)
    await session.commit()
    return users[0]


@pytest.mark.parametrize("cost", ADDRESSES, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_statements_per_address_request_do_not_grow_with_rows(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    cost: RequestCost,
) -> None:
    user = await fill_addresses(session)
    path = cost.path.format(user=user, address=user.addresses[0])

    with count_queries(app) as statements:
        response = await staff_client.request(cost.method, path, json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def fill_users(session: AsyncSession) -> list[User]:
    """Store more users than any request costs statements."""
    users = [User(**user_data()) for _ in range(ROWS)]
    session.add_all(users)
    await session.commit()
    return users


@pytest.mark.parametrize("cost", CUSTOMERS, ids=lambda cost: f"{cost.method} {cost.path}")
async def test_statements_per_customer_request_do_not_grow_with_rows(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    cost: RequestCost,
) -> None:
    first, second, *_ = await fill_users(session)
    path = cost.path.format(first=first, second=second)

    with count_queries(app) as statements:
        response = await staff_client.request(cost.method, path, json=cost.body)

    assert response.status_code in {200, 201, 204}
    assert len(statements) == cost.statements, "\n".join(statements)


async def test_bulk_activation_costs_one_lock_and_one_update(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    users = await fill_users(session)
    data = {"ids": [user.id for user in users], "is_active": False}

    with count_queries(app) as statements:
        response = await staff_client.patch("/users/bulk", json=data)

    assert response.status_code == 200
    assert len(statements) == 3 + REVOCATION, "\n".join(statements)


async def test_bulk_create_costs_at_most_one_insert_per_user(
    app: FastAPI,
    staff_client: AsyncClient,
) -> None:
    with count_queries(app) as statements:
        response = await staff_client.post("/users/bulk", json=[user_data() for _ in range(ROWS)])

    # One INSERT, if the database can return the ids of several rows in order.
    assert response.status_code == 201
    assert len(statements) in {2, ROWS + 1}, "\n".join(statements)
# {% endcall %}
