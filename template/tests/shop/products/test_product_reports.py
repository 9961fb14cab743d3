# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Reports on products: low stock, and prices by category."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from app.models.base import utc_now
from tests.shop.factories import create_category, create_product, product_data

SUMMARY = ("products", "average_price", "lowest_price", "highest_price")
NO_PRODUCTS = {"products": 0, "average_price": None, "lowest_price": None, "highest_price": None}


async def create_stock(client: AsyncClient, *quantities: int) -> dict[int, dict[str, Any]]:
    """Store a product per stock quantity; return them by quantity."""
    return {stock: await create_product(client, stock_quantity=stock) for stock in quantities}


async def low_stock(client: AsyncClient, **query: Any) -> list[int]:
    response = await client.get("/products/low-stock", params=query)
    assert response.status_code == 200
    return [item["stock_quantity"] for item in response.json()["items"]]


async def test_low_stock_lists_up_to_ten_units_lowest_first(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    await create_stock(staff_client, 10, 11, 0, 3)

    found = await low_stock(client)

    assert found == [0, 3, 10]


@pytest.mark.parametrize(("threshold", "stocks"), [(0, [0]), (3, [0, 3]), (2**31 - 1, [0, 3, 99])])
async def test_low_stock_threshold_can_be_set(
    client: AsyncClient,
    staff_client: AsyncClient,
    threshold: int,
    stocks: list[int],
) -> None:
    await create_stock(staff_client, 3, 99, 0)

    found = await low_stock(client, threshold=threshold)

    assert found == stocks


async def test_low_stock_excludes_inactive_and_deleted_products(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    products = await create_stock(staff_client, 1, 2)
    await create_product(staff_client, stock_quantity=0, is_active=False)
    await staff_client.delete(f"/products/{products[1]['id']}")

    found = await low_stock(client)

    assert found == [2]


async def test_low_stock_is_paginated(client: AsyncClient, staff_client: AsyncClient) -> None:
    products = await create_stock(staff_client, 3, 2, 1)

    response = await client.get("/products/low-stock", params={"page": 2, "page_size": 2})

    assert response.json()["items"] == [products[3]]
    assert (response.json()["total"], response.json()["pages"]) == (3, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("threshold", "-1"), ("threshold", f"{2**31}"), ("threshold", "few"), ("sort", "name")],
)
async def test_invalid_low_stock_parameter_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/products/low-stock", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


async def statistics(client: AsyncClient) -> list[dict[str, Any]]:
    response = await client.get("/products/statistics")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json()
    return found


async def summary_of(client: AsyncClient, category: dict[str, Any]) -> dict[str, Any]:
    """Statistics of one category."""
    rows = await statistics(client)
    (row,) = [row for row in rows if row["category_id"] == category["id"]]
    assert row["category_name"] == category["name"]
    return {key: row[key] for key in SUMMARY}


async def test_statistics_summarize_prices_by_category(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    for price in ("10.00", "20.00", "5.00"):
        await create_product(staff_client, price=price, category_id=category["id"])

    summary = await summary_of(client, category)

    assert summary == {
        "products": 3,
        "average_price": "11.67",
        "lowest_price": "5.00",
        "highest_price": "20.00",
    }


@pytest.mark.parametrize(
    ("prices", "average"),
    [
        (["0.01", "0.02"], "0.02"),
        (["0.01", "0.04"], "0.03"),
        (["1.00", "1.00", "1.01"], "1.00"),
        (["9999999999.99", "9999999999.98"], "9999999999.99"),
        (["0.01", "9999999999.99"], "5000000000.00"),
    ],
    ids=str,
)
async def test_average_price_rounds_half_a_cent_up(
    client: AsyncClient,
    staff_client: AsyncClient,
    prices: list[str],
    average: str,
) -> None:
    category = await create_category(staff_client)
    for price in prices:
        await create_product(staff_client, price=price, category_id=category["id"])

    summary = await summary_of(client, category)

    assert summary["average_price"] == average


async def test_statistics_include_empty_categories(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)

    summary = await summary_of(client, category)

    assert summary == NO_PRODUCTS


async def test_statistics_exclude_deleted_products(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    category = await create_category(staff_client)
    inside = await create_product(staff_client, category_id=category["id"])
    outside = await create_product(staff_client)
    before = await statistics(client)

    for product in (inside, outside):
        await staff_client.delete(f"/products/{product['id']}")
    summary = await summary_of(client, category)
    after = await statistics(client)

    assert summary == NO_PRODUCTS
    assert after[-1]["products"] == before[-1]["products"] - 1


async def test_statistics_exclude_deleted_products_with_a_category(
    client: AsyncClient,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(staff_client)
    fields = {"category_id": category["id"], "deleted_at": utc_now()}
    session.add(Product(**product_data(), **fields))
    await session.commit()

    summary = await summary_of(client, category)

    assert summary == NO_PRODUCTS


async def test_statistics_list_products_without_a_category_last(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    before = await statistics(client)
    await create_product(staff_client, price="0.01")

    after = await statistics(client)

    assert (after[-1]["category_id"], after[-1]["category_name"]) == (None, None)
    assert after[-1]["products"] == before[-1]["products"] + 1
    assert after[-1]["lowest_price"] == "0.01"


async def test_statistics_are_sorted_by_category_name(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    for name in ("Beta", "Gamma", "Alpha"):
        await create_category(staff_client, name=name)

    rows = await statistics(client)

    names = [row["category_name"] for row in rows[:-1]]
    assert {"Alpha", "Beta", "Gamma"} <= set(names)
    assert names == sorted(names)
# {% endcall %}
