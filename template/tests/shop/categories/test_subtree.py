# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""One category with all that is below it, and the products in there."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.shop.categories.tree import MAX_DEPTH
from tests.factories import create_category, create_product

NOBODY = 2**62


async def create_branch(client: AsyncClient) -> list[dict[str, Any]]:
    """Store three categories inside each other, and return them from the outermost."""
    top = await create_category(client)
    middle = await create_category(client, parent_id=top["id"])
    bottom = await create_category(client, parent_id=middle["id"])
    return [top, middle, bottom]


def node(category: dict[str, Any], *children: dict[str, Any]) -> dict[str, Any]:
    about = {name: category[name] for name in ("id", "name", "slug")}
    return about | {"children": list(children)}


async def test_a_branch_begins_with_its_category(client: AsyncClient) -> None:
    top, middle, bottom = await create_branch(client)
    await create_category(client)

    whole = await client.get(f"/categories/{top['id']}/tree")
    part = await client.get(f"/categories/{middle['id']}/tree")
    leaf = await client.get(f"/categories/{bottom['id']}/tree")

    assert whole.status_code == 200
    assert whole.json() == node(top, node(middle, node(bottom)))
    assert part.json() == node(middle, node(bottom))
    assert leaf.json() == node(bottom)


async def test_siblings_come_by_name(client: AsyncClient) -> None:
    top = await create_category(client)
    chairs = await create_category(client, name="Chairs", parent_id=top["id"])
    beds = await create_category(client, name="Beds", parent_id=top["id"])

    response = await client.get(f"/categories/{top['id']}/tree")

    assert response.json() == node(top, node(beds), node(chairs))


async def test_the_deepest_branch_is_shown_whole(client: AsyncClient) -> None:
    branch = [await create_category(client)]
    for _ in range(MAX_DEPTH - 1):
        branch.append(await create_category(client, parent_id=branch[-1]["id"]))
    shown = node(branch.pop())
    for category in reversed(branch):
        shown = node(category, shown)

    response = await client.get(f"/categories/{shown['id']}/tree")

    assert response.json() == shown


async def test_the_branch_of_an_unknown_category_is_404(client: AsyncClient) -> None:
    response = await client.get(f"/categories/{NOBODY}/tree")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {NOBODY} does not exist."


@pytest.mark.parametrize(
    ("query", "found"),
    [("", [1]), ("include_subcategories=false", [1]), ("include_subcategories=true", [1, 2])],
)
async def test_the_products_below_a_category_are_listed_on_request(
    client: AsyncClient,
    query: str,
    found: list[int],
) -> None:
    branch = await create_branch(client)
    for number, category in enumerate(branch):
        await create_product(client, category_id=category["id"], stock_quantity=number)
    await create_product(client)
    path = f"/categories/{branch[1]['id']}/products?sort=created_at&{query}"

    response = await client.get(path)
    same = await client.get(f"/products?category_id={branch[1]['id']}&sort=created_at&{query}")

    assert [item["stock_quantity"] for item in response.json()["items"]] == found
    assert response.json()["total"] == len(found)
    assert same.json() == response.json()


async def test_the_products_below_a_category_can_be_filtered_and_paged(client: AsyncClient) -> None:
    branch = await create_branch(client)
    for category, price in zip(branch, ("1.00", "2.00", "3.00"), strict=True):
        await create_product(client, category_id=category["id"], price=price)
    query = "include_subcategories=true&min_price=2&sort=-price&page_size=1&page=2"

    response = await client.get(f"/categories/{branch[0]['id']}/products?{query}")

    assert [item["price"] for item in response.json()["items"]] == ["2.00"]
    assert response.json()["total"] == 2


async def test_the_products_below_an_unknown_category_are_404(client: AsyncClient) -> None:
    response = await client.get(f"/categories/{NOBODY}/products?include_subcategories=true")

    assert response.status_code == 404
# {% endcall %}
