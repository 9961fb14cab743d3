# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""What is nearly sold out."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_product


async def create_stock(client: AsyncClient, *quantities: int) -> dict[int, dict[str, Any]]:
    """Store a product of each stock, and return them by it."""
    return {stock: await create_product(client, stock_quantity=stock) for stock in quantities}


async def low_stock(client: AsyncClient, **query: Any) -> list[int]:
    response = await client.get("/products/low-stock", params=query)
    assert response.status_code == 200
    return [item["stock_quantity"] for item in response.json()["items"]]


async def test_the_lowest_stock_comes_first_up_to_ten(client: AsyncClient) -> None:
    await create_stock(client, 10, 11, 0, 3)

    found = await low_stock(client)

    assert found == [0, 3, 10]


@pytest.mark.parametrize(("threshold", "stocks"), [(0, [0]), (3, [0, 3]), (2**31 - 1, [0, 3, 99])])
async def test_the_client_says_what_is_low(
    client: AsyncClient,
    threshold: int,
    stocks: list[int],
) -> None:
    await create_stock(client, 3, 99, 0)

    found = await low_stock(client, threshold=threshold)

    assert found == stocks


async def test_what_is_not_sold_is_left_out(client: AsyncClient) -> None:
    products = await create_stock(client, 1, 2)
    await create_product(client, stock_quantity=0, is_active=False)
    await client.delete(f"/products/{products[1]['id']}")

    found = await low_stock(client)

    assert found == [2]


async def test_low_stock_comes_in_pages(client: AsyncClient) -> None:
    products = await create_stock(client, 3, 2, 1)

    response = await client.get("/products/low-stock", params={"page": 2, "page_size": 2})

    assert response.json()["items"] == [products[3]]
    assert (response.json()["total"], response.json()["pages"]) == (3, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("threshold", "-1"), ("threshold", f"{2**31}"), ("threshold", "few"), ("sort", "name")],
)
async def test_a_parameter_against_its_rule_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/products/low-stock", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]
# {% endcall %}
