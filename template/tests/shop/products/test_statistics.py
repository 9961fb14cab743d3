# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The prices of each category, summed up alike on every database."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from app.models.base import utc_now
from tests.factories import create_category, create_product, product_data

KEYS = ("products", "average_price", "lowest_price", "highest_price")
NOTHING = {"products": 0, "average_price": None, "lowest_price": None, "highest_price": None}


async def statistics(client: AsyncClient) -> list[dict[str, Any]]:
    response = await client.get("/products/statistics")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json()
    return found


async def numbers_of(client: AsyncClient, category: dict[str, Any]) -> dict[str, Any]:
    """Return what the statistics tell of one category."""
    rows = await statistics(client)
    (row,) = [row for row in rows if row["category_id"] == category["id"]]
    assert row["category_name"] == category["name"]
    return {key: row[key] for key in KEYS}


async def test_a_category_is_summed_up(client: AsyncClient) -> None:
    category = await create_category(client)
    for price in ("10.00", "20.00", "5.00"):
        await create_product(client, price=price, category_id=category["id"])

    numbers = await numbers_of(client, category)

    assert numbers == {
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
async def test_half_a_cent_is_rounded_up(
    client: AsyncClient,
    prices: list[str],
    average: str,
) -> None:
    category = await create_category(client)
    for price in prices:
        await create_product(client, price=price, category_id=category["id"])

    numbers = await numbers_of(client, category)

    assert numbers["average_price"] == average


async def test_an_empty_category_is_there_with_nothing(client: AsyncClient) -> None:
    category = await create_category(client)

    numbers = await numbers_of(client, category)

    assert numbers == NOTHING


async def test_deleted_products_do_not_count(client: AsyncClient) -> None:
    category = await create_category(client)
    inside = await create_product(client, category_id=category["id"])
    outside = await create_product(client)
    before = await statistics(client)

    for product in (inside, outside):
        await client.delete(f"/products/{product['id']}")
    numbers = await numbers_of(client, category)
    after = await statistics(client)

    assert numbers == NOTHING
    assert after[-1]["products"] == before[-1]["products"] - 1


async def test_a_deleted_product_does_not_count_where_it_has_kept_its_category(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    category = await create_category(client)
    fields = {"category_id": category["id"], "deleted_at": utc_now()}
    session.add(Product(**product_data(), **fields))
    await session.commit()

    numbers = await numbers_of(client, category)

    assert numbers == NOTHING


async def test_products_without_a_category_come_last(client: AsyncClient) -> None:
    before = await statistics(client)
    await create_product(client, price="0.01")

    after = await statistics(client)

    assert (after[-1]["category_id"], after[-1]["category_name"]) == (None, None)
    assert after[-1]["products"] == before[-1]["products"] + 1
    assert after[-1]["lowest_price"] == "0.01"


async def test_categories_come_by_name(client: AsyncClient) -> None:
    for name in ("Beta", "Gamma", "Alpha"):
        await create_category(client, name=name)

    rows = await statistics(client)

    names = [row["category_name"] for row in rows[:-1]]
    assert {"Alpha", "Beta", "Gamma"} <= set(names)
    assert names == sorted(names)
# {% endcall %}
