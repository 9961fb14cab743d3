# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Rules of the fields of a product, in requests and in the database."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product, Tag
from tests.shop.factories import (
    category_data,
    create_category,
    create_product,
    create_tag,
    product_data,
    tag_data,
)

# URL-encoded: other case, an accent, a combining accent, spaces at the ends.
SLUGS = ["APFEL", "Apfel", "%C3%A4pfel", "%C3%84PFEL", "a%CC%88pfel", "apfel%20", "%20apfel"]


@pytest.mark.parametrize(
    ("given", "stored"),
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
async def test_price_is_a_string_with_two_decimals(
    client: AsyncClient,
    staff_client: AsyncClient,
    given: object,
    stored: str,
) -> None:
    created = await create_product(staff_client, price=given)
    found = await client.get(f"/products/{created['id']}")

    assert created["price"] == stored
    assert found.json()["price"] == stored


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
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await staff_client.post("/products", json=product_data(**{field: value}))
    changed = await staff_client.patch("/products/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["name", "slug", "sku", "price"])
async def test_missing_field_is_422_and_named(staff_client: AsyncClient, field: str) -> None:
    data = product_data()
    del data[field]

    response = await staff_client.post("/products", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_largest_allowed_values_are_stored(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    data = product_data(
        name="n" * 200,
        slug="s" * 200,
        sku="S" * 50,
        description="d" * 5000,
        price="9999999999.99",
        stock_quantity=2**31 - 1,
    )

    created = await create_product(staff_client, **data)
    found = await client.get(f"/products/{created['id']}")

    assert found.json() == created | data | {"category": None, "tags": []}


async def test_sku_is_stored_in_upper_case_and_unique_in_any_case(
    staff_client: AsyncClient,
) -> None:
    first = await create_product(staff_client, sku="lamp-1")

    response = await staff_client.post("/products", json=product_data(sku="LAMP-1"))

    assert first["sku"] == "LAMP-1"
    assert response.status_code == 409
    assert "sku" in response.json()["detail"]


@pytest.mark.parametrize("slug", SLUGS)
async def test_slug_lookup_is_exact(
    client: AsyncClient,
    staff_client: AsyncClient,
    slug: str,
) -> None:
    await create_category(staff_client, slug="apfel")
    await create_product(staff_client, slug="apfel")
    await create_tag(staff_client, slug="apfel")

    paths = ["/categories/slug", "/products/slug", "/tags/slug"]
    found = [await client.get(f"{path}/apfel") for path in paths]
    missed = [await client.get(f"{path}/{slug}") for path in paths]

    assert [answer.status_code for answer in found] == [200, 200, 200]
    assert [answer.status_code for answer in missed] == [404, 404, 404]


@pytest.mark.parametrize("sku", ["%C3%84PFEL", "apfel%20", "APFE%C5%81"])
async def test_sku_lookup_ignores_only_ascii_case(
    client: AsyncClient,
    staff_client: AsyncClient,
    sku: str,
) -> None:
    await create_product(staff_client, sku="APFEL")

    found = await client.get("/products/sku/apfel")
    missed = await client.get(f"/products/sku/{sku}")

    assert (found.status_code, missed.status_code) == (200, 404)


@pytest.mark.parametrize("slug", ["apfel ", " apfel", "Apfel", "\xe4pfel"])
async def test_case_sensitive_string_equals_only_itself(session: AsyncSession, slug: str) -> None:
    tag = Tag(name="Apfel", slug="apfel")
    session.add(tag)
    await session.flush()

    same = await session.scalar(select(Tag.id).where(Tag.slug == "apfel"))
    other = await session.scalar(select(Tag.id).where(Tag.slug == slug))

    assert (same, other) == (tag.id, None)


async def test_slug_uniqueness_is_exact(staff_client: AsyncClient) -> None:
    await create_tag(staff_client, slug="apfel")

    same = await staff_client.post("/tags", json=tag_data(slug="apfel"))
    other = await staff_client.post("/tags", json=tag_data(slug="apfel-2"))

    assert (same.status_code, other.status_code) == (409, 201)


async def test_unloaded_relationship_raises_instead_of_querying(
    session: AsyncSession,
) -> None:
    session.add(Product(**product_data(slug="lamp"), category=Category(**category_data())))
    await session.commit()
    session.expunge_all()
    product = await session.scalar(select(Product).where(Product.slug == "lamp"))

    assert product is not None
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = product.category


@pytest.mark.parametrize(
    "fields",
    [{"price": "0"}, {"price": "-1"}, {"stock_quantity": -1}],
    ids=repr,
)
async def test_database_rejects_what_the_schemas_reject(
    session: AsyncSession,
    fields: dict[str, Any],
) -> None:
    session.add(Product(**product_data(**fields)))

    with pytest.raises(DBAPIError):
        await session.flush()
# {% endcall %}
