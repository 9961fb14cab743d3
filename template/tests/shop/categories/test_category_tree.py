# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The tree of categories over HTTP: how it is shown, and that it never becomes a circle."""

from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient

from app.shop.categories.tree import MAX_DEPTH
from tests.factories import category_data, create_category


def slugs(nodes: Iterable[dict[str, Any]]) -> list[Any]:
    """Return a tree as nested lists: [slug, [slugs below it]]."""
    return [[node["slug"], slugs(node["children"])] for node in nodes]


async def test_the_tree_shows_each_category_inside_its_parent_by_name(client: AsyncClient) -> None:
    home = await create_category(client, slug="home")
    lamps = await create_category(client, name="Lamps", slug="lamps", parent_id=home["id"])
    await create_category(client, name="Chairs", slug="chairs", parent_id=home["id"])
    await create_category(client, name="Desk lamps", slug="desk-lamps", parent_id=lamps["id"])

    response = await client.get("/categories/tree")

    assert response.status_code == 200
    assert ["home", [["chairs", []], ["lamps", [["desk-lamps", []]]]]] in slugs(response.json())


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_category_cannot_be_its_own_parent(client: AsyncClient, method: str) -> None:
    category = await create_category(client)
    data = category_data(parent_id=category["id"])

    response = await client.request(method, f"/categories/{category['id']}", json=data)
    found = await client.get(f"/categories/{category['id']}")

    assert response.status_code == 409
    assert response.json()["detail"] == "A category cannot stand inside itself."
    assert found.json() == category


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_is_below_a_category_cannot_be_its_parent(
    client: AsyncClient,
    method: str,
) -> None:
    top = await create_category(client)
    middle = await create_category(client, parent_id=top["id"])
    bottom = await create_category(client, parent_id=middle["id"])
    data = category_data(parent_id=bottom["id"])

    response = await client.request(method, f"/categories/{top['id']}", json=data)
    found = await client.get(f"/categories/{top['id']}")

    assert response.status_code == 409
    assert found.json() == top


async def test_a_category_moves_with_all_that_is_below_it(client: AsyncClient) -> None:
    old = await create_category(client, slug="old")
    new = await create_category(client, slug="new")
    lamps = await create_category(client, slug="lamps", parent_id=old["id"])
    await create_category(client, slug="desk-lamps", parent_id=lamps["id"])

    response = await client.patch(f"/categories/{lamps['id']}", json={"parent_id": new["id"]})
    tree = await client.get("/categories/tree")

    assert response.status_code == 200
    assert ["new", [["lamps", [["desk-lamps", []]]]]] in slugs(tree.json())
    assert ["old", []] in slugs(tree.json())


async def test_an_unknown_category_cannot_be_moved(client: AsyncClient) -> None:
    parent = await create_category(client)
    path = f"/categories/{parent['id'] + 1000}"

    response = await client.patch(path, json={"parent_id": parent["id"]})

    assert response.status_code == 404


async def test_a_category_cannot_move_where_nothing_is(client: AsyncClient) -> None:
    category = await create_category(client)
    path = f"/categories/{category['id']}"

    response = await client.patch(path, json={"parent_id": category["id"] + 1000})

    assert response.status_code == 409


async def test_the_tree_is_never_deeper_than_it_can_be_shown(client: AsyncClient) -> None:
    parent = await create_category(client)
    for _ in range(MAX_DEPTH - 1):
        parent = await create_category(client, parent_id=parent["id"])

    response = await client.post("/categories", json=category_data(parent_id=parent["id"]))
    tree = await client.get("/categories/tree")

    assert response.status_code == 409
    assert tree.status_code == 200


async def test_a_branch_cannot_be_moved_too_deep(client: AsyncClient) -> None:
    parent = await create_category(client)
    for _ in range(MAX_DEPTH - 2):
        parent = await create_category(client, parent_id=parent["id"])
    branch = await create_category(client)
    await create_category(client, parent_id=branch["id"])
    path = f"/categories/{branch['id']}"

    response = await client.patch(path, json={"parent_id": parent["id"]})

    assert response.status_code == 409
# {% endcall %}
