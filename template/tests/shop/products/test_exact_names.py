# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A slug and a SKU equal only themselves, whatever else the database takes for the same."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product, create_tag, tag_data

# Written as they are seen in a path: case, an accent, two letters for one, spaces at the ends.
SLUGS = ["APFEL", "Apfel", "%C3%A4pfel", "%C3%84PFEL", "a%CC%88pfel", "apfel%20", "%20apfel"]


@pytest.mark.parametrize("slug", SLUGS)
async def test_only_the_slug_itself_finds_something(client: AsyncClient, slug: str) -> None:
    await create_category(client, slug="apfel")
    await create_product(client, slug="apfel")
    await create_tag(client, slug="apfel")

    paths = ["/categories/slug", "/products/slug", "/tags/slug"]
    found = [await client.get(f"{path}/apfel") for path in paths]
    missed = [await client.get(f"{path}/{slug}") for path in paths]

    assert [answer.status_code for answer in found] == [200, 200, 200]
    assert [answer.status_code for answer in missed] == [404, 404, 404]


@pytest.mark.parametrize("sku", ["%C3%84PFEL", "apfel%20", "APFE%C5%81"])
async def test_only_the_sku_itself_finds_something(client: AsyncClient, sku: str) -> None:
    await create_product(client, sku="APFEL")

    found = await client.get("/products/sku/apfel")
    missed = await client.get(f"/products/sku/{sku}")

    assert (found.status_code, missed.status_code) == (200, 404)


async def test_a_slug_is_taken_by_itself_only(client: AsyncClient) -> None:
    await create_tag(client, slug="apfel")

    same = await client.post("/tags", json=tag_data(slug="apfel"))
    other = await client.post("/tags", json=tag_data(slug="apfel-2"))

    assert (same.status_code, other.status_code) == (409, 201)
# {% endcall %}
