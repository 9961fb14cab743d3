# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The tags of a product: they are replaced as a whole, and products are found by them."""

from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_category, create_product, create_tag

NOBODY = 2**62
MOST = 50


async def put_tags(client: AsyncClient, product: dict[str, Any], *tags: dict[str, Any]) -> Any:
    """Give a product tags, and return the response."""
    body = {"tag_ids": [tag["id"] for tag in tags]}
    return await client.put(f"/products/{product['id']}/tags", json=body)


async def tags_of(client: AsyncClient, product: dict[str, Any]) -> Any:
    response = await client.get(f"/products/{product['id']}/tags")
    return response.json()


def names(tags: Iterable[dict[str, Any]]) -> list[str]:
    return [tag["name"] for tag in tags]


async def test_a_new_product_carries_no_tag(client: AsyncClient) -> None:
    product = await create_product(client)

    response = await client.get(f"/products/{product['id']}/tags")

    assert response.status_code == 200
    assert response.json() == []


async def test_a_product_carries_what_it_is_given_by_name(client: AsyncClient) -> None:
    product = await create_product(client)
    sale = await create_tag(client, name="Sale")
    new = await create_tag(client, name="New")

    response = await put_tags(client, product, sale, new)
    tags = await tags_of(client, product)
    detail = await client.get(f"/products/slug/{product['slug']}")

    assert response.status_code == 200
    assert response.json() == [new, sale]
    assert tags == [new, sale]
    assert detail.json()["tags"] == [
        {name: tag[name] for name in ("id", "name", "slug")} for tag in (new, sale)
    ]


async def test_what_is_left_out_is_taken_off(client: AsyncClient) -> None:
    product = await create_product(client)
    first, second, third = [await create_tag(client) for _ in range(3)]
    await put_tags(client, product, first, second)

    await put_tags(client, product, second, third)
    replaced = await tags_of(client, product)
    await put_tags(client, product)
    emptied = await tags_of(client, product)

    assert replaced == [second, third]
    assert emptied == []


async def test_an_unknown_tag_is_404_and_nothing_changes(client: AsyncClient) -> None:
    product = await create_product(client)
    tag = await create_tag(client)
    await put_tags(client, product, tag)

    response = await put_tags(client, product, {"id": NOBODY})
    tags = await tags_of(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Tag {NOBODY} does not exist."
    assert tags == [tag]


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_the_tags_of_an_unknown_product_are_404(client: AsyncClient, method: str) -> None:
    body: dict[str, list[int]] | None = {"tag_ids": []} if method == "PUT" else None

    response = await client.request(method, f"/products/{NOBODY}/tags", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {NOBODY} does not exist."


@pytest.mark.parametrize(
    "tag_ids",
    [[1, 1], [0], ["1"], list(range(1, MOST + 2)), None],
    ids=lambda tag_ids: f"{tag_ids}"[:20],
)
async def test_tags_against_the_rules_are_422(client: AsyncClient, tag_ids: object) -> None:
    response = await client.put("/products/1/tags", json={"tag_ids": tag_ids})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][:2] == ["body", "tag_ids"]


async def test_a_product_may_carry_as_many_tags_as_this(client: AsyncClient) -> None:
    product = await create_product(client)
    tags = [await create_tag(client) for _ in range(MOST)]

    response = await put_tags(client, product, *tags)

    assert len(response.json()) == MOST


async def test_other_tags_are_a_new_version_of_the_product(client: AsyncClient) -> None:
    product = await create_product(client)
    path = f"/products/{product['id']}"
    before = await client.get(path)
    headers = {"If-Match": before.headers["ETag"]}

    first = await client.put(f"{path}/tags", json={"tag_ids": []}, headers=headers)
    second = await client.put(f"{path}/tags", json={"tag_ids": []}, headers=headers)
    after = await client.get(path)

    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] == after.headers["ETag"] != before.headers["ETag"]


async def test_a_deleted_tag_is_taken_off_its_products(client: AsyncClient) -> None:
    product = await create_product(client)
    gone, kept = await create_tag(client), await create_tag(client)
    await put_tags(client, product, gone, kept)

    response = await client.delete(f"/tags/{gone['id']}")
    tags = await tags_of(client, product)

    assert response.status_code == 204
    assert tags == [kept]


async def test_products_are_found_by_a_tag(client: AsyncClient) -> None:
    category = await create_category(client)
    inside_it = {"category_id": category["id"]}
    tagged, both, _other = [await create_product(client, **inside_it) for _ in range(3)]
    sale, new = await create_tag(client), await create_tag(client)
    await put_tags(client, tagged, sale)
    await put_tags(client, both, sale, new)
    query = {"tag": sale["slug"], "sort": "created_at"}

    everywhere = await client.get("/products", params=query)
    inside = await client.get(f"/categories/{category['id']}/products", params=query)
    unknown = await client.get("/products", params={"tag": "nothing-here"})

    assert names(everywhere.json()["items"]) == [tagged["name"], both["name"]]
    assert inside.json() == everywhere.json()
    assert unknown.json()["items"] == []
# {% endcall %}
