# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The list of products between two prices."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product

PRICES = ("10.00", "20.00", "30.00")


@pytest.mark.parametrize(
    ("limits", "prices"),
    [
        ({"min_price": "20"}, ["20.00", "30.00"]),
        ({"max_price": "20"}, ["10.00", "20.00"]),
        ({"min_price": "10.01", "max_price": "29.99"}, ["20.00"]),
        ({"min_price": "20", "max_price": "20"}, ["20.00"]),
        ({"min_price": "0"}, ["10.00", "20.00", "30.00"]),
    ],
)
async def test_the_list_takes_only_what_is_within_the_prices(
    client: AsyncClient,
    limits: dict[str, str],
    prices: list[str],
) -> None:
    category = await create_category(client)
    for price in PRICES:
        await create_product(client, price=price, category_id=category["id"])
    query: dict[str, Any] = {"category_id": category["id"], "sort": "price"} | limits

    response = await client.get("/products", params=query)

    assert [item["price"] for item in response.json()["items"]] == prices


async def test_prices_that_exclude_each_other_are_422(client: AsyncClient) -> None:
    query = {"min_price": "30", "max_price": "29.99"}

    response = await client.get("/products", params=query)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", "max_price"]]
# {% endcall %}
