# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The rules that the fields of a product keep, whoever writes them."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_product, product_data


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("19.9", "19.90"),
        ("0.01", "0.01"),
        ("9999999999.99", "9999999999.99"),
        (5, "5.00"),
        (19.99, "19.99"),
        (0.3, "0.30"),
    ],
    ids=repr,
)
async def test_a_price_is_told_as_a_string_with_two_decimals(
    client: AsyncClient,
    given: object,
    told: str,
) -> None:
    created = await create_product(client, price=given)
    found = await client.get(f"/products/{created['id']}")

    assert created["price"] == told
    assert found.json()["price"] == told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "0"),
        ("price", "0.00"),
        ("price", "-0.01"),
        ("price", "1.001"),
        ("price", "10000000000.00"),
        ("price", "cheap"),
        ("price", ""),
        ("price", None),
        ("price", True),
        ("stock_quantity", -1),
        ("stock_quantity", 1.5),
        ("stock_quantity", 2**31),
        ("stock_quantity", "many"),
        ("stock_quantity", "5"),
        ("stock_quantity", True),
        ("is_active", "perhaps"),
        ("is_active", 0),
        ("name", "   "),
        ("name", "n" * 201),
        ("slug", "Lamp"),
        ("slug", "two words"),
        ("slug", "lamp-"),
        ("slug", "lamp\n"),
        ("slug", "l\N{LATIN SMALL LETTER A WITH ACUTE}mp"),
        ("slug", "s" * 201),
        ("sku", ""),
        ("sku", "A B"),
        ("sku", "-A"),
        ("sku", "A--B"),
        ("sku", "A\n"),
        ("sku", "S" * 51),
        ("description", "d" * 5001),
        ("category_id", 0),
        ("category_id", "1"),
        ("category_id", 2**63),
        ("id", 1),
        ("version", 1),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await client.post("/products", json=product_data(**{field: value}))
    changed = await client.patch("/products/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["name", "slug", "sku", "price"])
async def test_a_field_that_is_missing_is_422_and_named(client: AsyncClient, field: str) -> None:
    data = product_data()
    del data[field]

    response = await client.post("/products", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_the_largest_values_that_fit_are_stored(client: AsyncClient) -> None:
    data = product_data(
        name="n" * 200,
        slug="s" * 200,
        sku="S" * 50,
        description="d" * 5000,
        price="9999999999.99",
        stock_quantity=2**31 - 1,
    )

    created = await create_product(client, **data)
    found = await client.get(f"/products/{created['id']}")

    assert found.json() == created | data | {"category": None, "tags": []}


async def test_a_sku_is_stored_in_upper_case_and_unique_in_any(client: AsyncClient) -> None:
    first = await create_product(client, sku="lamp-1")

    response = await client.post("/products", json=product_data(sku="LAMP-1"))

    assert first["sku"] == "LAMP-1"
    assert response.status_code == 409
    assert "sku" in response.json()["detail"]
# {% endcall %}
