# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tags of a product: replaced as a whole, and a filter of products."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from tests.live import LiveService
from tests.shop.factories import create_category, create_product, create_tag, product_data, tag_data

UNKNOWN_ID = 2**62
MAX_TAGS = 50
CLIENTS = 12


async def put_tags(client: AsyncClient, product: dict[str, Any], *tags: dict[str, Any]) -> Any:
    """Replace the tags of a product; return the response."""
    body = {"tag_ids": [tag["id"] for tag in tags]}
    return await client.put(f"/products/{product['id']}/tags", json=body)


async def tags_of(client: AsyncClient, product: dict[str, Any]) -> Any:
    response = await client.get(f"/products/{product['id']}/tags")
    return response.json()


def names(tags: Iterable[dict[str, Any]]) -> list[str]:
    return [tag["name"] for tag in tags]


async def test_created_product_has_no_tags(client: AsyncClient, staff_client: AsyncClient) -> None:
    product = await create_product(staff_client)

    response = await client.get(f"/products/{product['id']}/tags")

    assert response.status_code == 200
    assert response.json() == []


async def test_product_tags_are_sorted_by_name(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)
    sale = await create_tag(staff_client, name="Sale")
    new = await create_tag(staff_client, name="New")

    response = await put_tags(staff_client, product, sale, new)
    tags = await tags_of(client, product)
    detail = await client.get(f"/products/slug/{product['slug']}")

    assert response.status_code == 200
    assert response.json() == [new, sale]
    assert tags == [new, sale]
    assert detail.json()["tags"] == [
        {name: tag[name] for name in ("id", "name", "slug")} for tag in (new, sale)
    ]


async def test_put_removes_omitted_tags(client: AsyncClient, staff_client: AsyncClient) -> None:
    product = await create_product(staff_client)
    first, second, third = [await create_tag(staff_client) for _ in range(3)]
    await put_tags(staff_client, product, first, second)

    await put_tags(staff_client, product, second, third)
    replaced = await tags_of(client, product)
    await put_tags(staff_client, product)
    emptied = await tags_of(client, product)

    assert replaced == [second, third]
    assert emptied == []


async def test_unknown_tag_is_404_and_changes_nothing(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)
    tag = await create_tag(staff_client)
    await put_tags(staff_client, product, tag)

    response = await put_tags(staff_client, product, {"id": UNKNOWN_ID})
    tags = await tags_of(client, product)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Tag {UNKNOWN_ID} does not exist."
    assert tags == [tag]


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_tags_of_an_unknown_product_are_404(staff_client: AsyncClient, method: str) -> None:
    body: dict[str, list[int]] | None = {"tag_ids": []} if method == "PUT" else None

    response = await staff_client.request(method, f"/products/{UNKNOWN_ID}/tags", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"Product {UNKNOWN_ID} does not exist."


@pytest.mark.parametrize(
    "tag_ids",
    [[1, 1], [0], ["1"], list(range(1, MAX_TAGS + 2)), None],
    ids=lambda tag_ids: f"{tag_ids}"[:20],
)
async def test_invalid_tag_ids_are_422(staff_client: AsyncClient, tag_ids: object) -> None:
    response = await staff_client.put("/products/1/tags", json={"tag_ids": tag_ids})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][:2] == ["body", "tag_ids"]


async def test_product_can_have_fifty_tags(staff_client: AsyncClient) -> None:
    product = await create_product(staff_client)
    tags = [await create_tag(staff_client) for _ in range(MAX_TAGS)]

    response = await put_tags(staff_client, product, *tags)

    assert len(response.json()) == MAX_TAGS


async def test_replacing_tags_changes_the_product_etag(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)
    path = f"/products/{product['id']}"
    before = await client.get(path)
    headers = {"If-Match": before.headers["ETag"]}

    first = await staff_client.put(f"{path}/tags", json={"tag_ids": []}, headers=headers)
    second = await staff_client.put(f"{path}/tags", json={"tag_ids": []}, headers=headers)
    after = await client.get(path)

    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] == after.headers["ETag"] != before.headers["ETag"]


async def test_deleted_tag_is_removed_from_products(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    product = await create_product(staff_client)
    gone, kept = await create_tag(staff_client), await create_tag(staff_client)
    await put_tags(staff_client, product, gone, kept)

    response = await staff_client.delete(f"/tags/{gone['id']}")
    tags = await tags_of(client, product)

    assert response.status_code == 204
    assert tags == [kept]


async def test_products_are_filtered_by_tag(client: AsyncClient, staff_client: AsyncClient) -> None:
    category = await create_category(staff_client)
    inside_it = {"category_id": category["id"]}
    tagged, both, _other = [await create_product(staff_client, **inside_it) for _ in range(3)]
    sale, new = await create_tag(staff_client), await create_tag(staff_client)
    await put_tags(staff_client, tagged, sale)
    await put_tags(staff_client, both, sale, new)
    query = {"tag": sale["slug"], "sort": "created_at"}

    everywhere = await client.get("/products", params=query)
    inside = await client.get(f"/categories/{category['id']}/products", params=query)
    unknown = await client.get("/products", params={"tag": "nothing-here"})

    assert names(everywhere.json()["items"]) == [tagged["name"], both["name"]]
    assert inside.json() == everywhere.json()
    assert unknown.json()["items"] == []


def create_id(live: LiveService, path: str, data: dict[str, Any]) -> int:
    """Send a POST request; return the id of the created row."""
    key: int = live.staff_client.post(path, json=data).json()["id"]
    return key


def statuses(responses: Iterable[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def alternated(items: list[Any], number: int) -> list[Any]:
    """Items in order for one client, reversed for the next."""
    return items[::-1] if number % 2 else items


def test_concurrent_tag_replacements_store_one_whole_set(live: LiveService) -> None:
    product = create_id(live, "/products", product_data())
    tags = [create_id(live, "/tags", tag_data()) for _ in range(2 * CLIENTS)]
    pairs = [tags[number : number + 2] for number in range(0, len(tags), 2)]

    responses = live.at_once(
        lambda number: live.staff_client.put(
            f"/products/{product}/tags",
            json={"tag_ids": pairs[number]},
        ),
        CLIENTS,
    )

    found = [tag["id"] for tag in live.client.get(f"/products/{product}/tags").json()]
    assert statuses(responses) == {200: CLIENTS}
    assert sorted(found) in pairs


def test_tag_assigned_and_deleted_concurrently_is_deleted(live: LiveService) -> None:
    product = create_id(live, "/products", product_data())
    tags = [create_id(live, "/tags", tag_data()) for _ in range(CLIENTS)]

    def give_or_delete(number: int) -> Response:
        if number % 2:
            return live.staff_client.delete(f"/tags/{tags[number // 2]}")
        body = {"tag_ids": alternated(tags, number // 2)}
        return live.staff_client.put(f"/products/{product}/tags", json=body)

    responses = live.at_once(give_or_delete, 2 * CLIENTS)

    left = live.client.get(f"/products/{product}/tags").json()
    assert statuses(responses[1::2]) == {204: CLIENTS}
    assert statuses(responses[::2]).keys() <= {200, 404}
    assert left == []


def test_tag_can_be_removed_and_deleted_concurrently(live: LiveService) -> None:
    product = create_id(live, "/products", product_data())

    for _ in range(CLIENTS):
        assert statuses(take_off_and_delete(live, product)) == {200: 1, 204: 1}


def take_off_and_delete(live: LiveService, product: int) -> list[Response]:
    """Assign a tag to a product, then remove and delete the tag concurrently."""
    tag = create_id(live, "/tags", tag_data())
    path = f"/products/{product}/tags"
    live.staff_client.put(path, json={"tag_ids": [tag]})

    def take_off_or_delete(number: int) -> Response:
        if number:
            return live.staff_client.delete(f"/tags/{tag}")
        return live.staff_client.put(path, json={"tag_ids": []})

    return live.at_once(take_off_or_delete, 2)
# {% endcall %}
