# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Tree of categories: nesting, moves, and no cycle."""

from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from app.models import Category
from app.shop.categories.schemas import CategoryNode
from app.shop.categories.service import MAX_DEPTH, build_tree, is_inside
from tests.live import LiveService
from tests.shop.factories import category_data, create_category

# 1 holds 2, and 2 holds 3; 4 stands alone.
PARENTS = {1: None, 2: 1, 3: 2, 4: None}
UNKNOWN_ID = 2**62
PAIRS = 8


def category_row(key: int, parent_id: int | None = None) -> Category:
    return Category(id=key, name=f"Name {key}", slug=f"slug-{key}", parent_id=parent_id)


def tree_node(key: int, *children: CategoryNode) -> CategoryNode:
    return CategoryNode(id=key, name=f"Name {key}", slug=f"slug-{key}", children=list(children))


def test_tree_without_categories_is_empty() -> None:
    assert build_tree([]) == []


def test_category_is_nested_in_its_parent() -> None:
    tree = build_tree([category_row(1), category_row(2, 1), category_row(3, 2), category_row(4)])

    assert tree == [tree_node(1, tree_node(2, tree_node(3))), tree_node(4)]


def test_parent_can_come_after_its_children() -> None:
    tree = build_tree([category_row(3, 2), category_row(2, 1), category_row(1)])

    assert tree == [tree_node(1, tree_node(2, tree_node(3)))]


def test_siblings_keep_their_order() -> None:
    tree = build_tree(
        [
            category_row(9),
            category_row(4, 1),
            category_row(1),
            category_row(3, 1),
            category_row(2, 1),
        ]
    )

    assert tree == [tree_node(9), tree_node(1, tree_node(4), tree_node(3), tree_node(2))]


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        (1, 1, True),
        (2, 1, True),
        (3, 1, True),
        (1, 3, False),
        (4, 1, False),
        (99, 1, False),
        (1, 99, False),
    ],
    ids=[
        "itself",
        "child",
        "grandchild",
        "grandparent",
        "unrelated",
        "unknown inside",
        "inside unknown",
    ],
)
def test_category_is_inside_another(*, inner: int, outer: int, inside: bool) -> None:
    assert is_inside(inner, outer, PARENTS) is inside


def slugs(nodes: Iterable[dict[str, Any]]) -> list[Any]:
    """Tree as nested lists: [slug, [slugs of the children]]."""
    return [[node["slug"], slugs(node["children"])] for node in nodes]


async def test_tree_nests_categories_by_parent_and_name(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    home = await create_category(staff_client, slug="home")
    lamps = await create_category(staff_client, name="Lamps", slug="lamps", parent_id=home["id"])
    await create_category(staff_client, name="Chairs", slug="chairs", parent_id=home["id"])
    await create_category(staff_client, name="Desk lamps", slug="desk-lamps", parent_id=lamps["id"])

    response = await client.get("/categories/tree")

    assert response.status_code == 200
    assert ["home", [["chairs", []], ["lamps", [["desk-lamps", []]]]]] in slugs(response.json())


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_category_cannot_be_its_own_parent(
    client: AsyncClient,
    staff_client: AsyncClient,
    method: str,
) -> None:
    category = await create_category(staff_client)
    data = category_data(parent_id=category["id"])

    response = await staff_client.request(method, f"/categories/{category['id']}", json=data)
    found = await client.get(f"/categories/{category['id']}")

    assert response.status_code == 409
    assert response.json()["detail"] == "A category cannot be inside itself."
    assert found.json() == category


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_descendant_cannot_become_parent(
    client: AsyncClient,
    staff_client: AsyncClient,
    method: str,
) -> None:
    top = await create_category(staff_client)
    middle = await create_category(staff_client, parent_id=top["id"])
    bottom = await create_category(staff_client, parent_id=middle["id"])
    data = category_data(parent_id=bottom["id"])

    response = await staff_client.request(method, f"/categories/{top['id']}", json=data)
    found = await client.get(f"/categories/{top['id']}")

    assert response.status_code == 409
    assert found.json() == top


async def test_category_moves_with_its_descendants(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    old = await create_category(staff_client, slug="old")
    new = await create_category(staff_client, slug="new")
    lamps = await create_category(staff_client, slug="lamps", parent_id=old["id"])
    await create_category(staff_client, slug="desk-lamps", parent_id=lamps["id"])

    response = await staff_client.patch(f"/categories/{lamps['id']}", json={"parent_id": new["id"]})
    tree = await client.get("/categories/tree")

    assert response.status_code == 200
    assert ["new", [["lamps", [["desk-lamps", []]]]]] in slugs(tree.json())
    assert ["old", []] in slugs(tree.json())


async def test_unknown_category_cannot_be_moved(staff_client: AsyncClient) -> None:
    parent = await create_category(staff_client)
    path = f"/categories/{parent['id'] + 1000}"

    response = await staff_client.patch(path, json={"parent_id": parent["id"]})

    assert response.status_code == 404


async def test_category_cannot_move_to_an_unknown_parent(staff_client: AsyncClient) -> None:
    category = await create_category(staff_client)
    path = f"/categories/{category['id']}"

    response = await staff_client.patch(path, json={"parent_id": category["id"] + 1000})

    assert response.status_code == 409


async def test_category_beyond_the_maximum_depth_is_409(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    parent = await create_category(staff_client)
    for _ in range(MAX_DEPTH - 1):
        parent = await create_category(staff_client, parent_id=parent["id"])

    response = await staff_client.post("/categories", json=category_data(parent_id=parent["id"]))
    tree = await client.get("/categories/tree")

    assert response.status_code == 409
    assert tree.status_code == 200


async def test_subtree_cannot_move_beyond_the_maximum_depth(staff_client: AsyncClient) -> None:
    parent = await create_category(staff_client)
    for _ in range(MAX_DEPTH - 2):
        parent = await create_category(staff_client, parent_id=parent["id"])
    subtree = await create_category(staff_client)
    await create_category(staff_client, parent_id=subtree["id"])
    path = f"/categories/{subtree['id']}"

    response = await staff_client.patch(path, json={"parent_id": parent["id"]})

    assert response.status_code == 409


async def create_subtree(client: AsyncClient) -> list[dict[str, Any]]:
    """Store three nested categories; return them from the root down."""
    top = await create_category(client)
    middle = await create_category(client, parent_id=top["id"])
    bottom = await create_category(client, parent_id=middle["id"])
    return [top, middle, bottom]


def node(category: dict[str, Any], *children: dict[str, Any]) -> dict[str, Any]:
    about = {name: category[name] for name in ("id", "name", "slug")}
    return about | {"children": list(children)}


async def test_subtree_starts_with_its_category(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    top, middle, bottom = await create_subtree(staff_client)
    await create_category(staff_client)

    whole = await client.get(f"/categories/{top['id']}/tree")
    part = await client.get(f"/categories/{middle['id']}/tree")
    leaf = await client.get(f"/categories/{bottom['id']}/tree")

    assert whole.status_code == 200
    assert whole.json() == node(top, node(middle, node(bottom)))
    assert part.json() == node(middle, node(bottom))
    assert leaf.json() == node(bottom)


async def test_siblings_of_a_subtree_are_sorted_by_name(
    client: AsyncClient,
    staff_client: AsyncClient,
) -> None:
    top = await create_category(staff_client)
    chairs = await create_category(staff_client, name="Chairs", parent_id=top["id"])
    beds = await create_category(staff_client, name="Beds", parent_id=top["id"])

    response = await client.get(f"/categories/{top['id']}/tree")

    assert response.json() == node(top, node(beds), node(chairs))


async def test_deepest_subtree_is_complete(client: AsyncClient, staff_client: AsyncClient) -> None:
    subtree = [await create_category(staff_client)]
    for _ in range(MAX_DEPTH - 1):
        subtree.append(await create_category(staff_client, parent_id=subtree[-1]["id"]))
    shown = node(subtree.pop())
    for category in reversed(subtree):
        shown = node(category, shown)

    response = await client.get(f"/categories/{shown['id']}/tree")

    assert response.json() == shown


async def test_subtree_of_an_unknown_category_is_404(client: AsyncClient) -> None:
    response = await client.get(f"/categories/{UNKNOWN_ID}/tree")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Category {UNKNOWN_ID} does not exist."


def create_id(live: LiveService) -> int:
    """Store a category; return its id."""
    response = live.staff_client.post("/categories", json=category_data())
    key: int = response.json()["id"]
    return key


def parent_of(live: LiveService, key: int) -> int | None:
    parent_id: int | None = live.client.get(f"/categories/{key}").json()["parent_id"]
    return parent_id


def test_concurrent_moves_never_create_a_cycle(live: LiveService) -> None:
    pairs = [(create_id(live), create_id(live)) for _ in range(PAIRS)]
    moves = [move for one, other in pairs for move in ((one, other), (other, one))]

    def move(number: int) -> Response:
        key, parent_id = moves[number]
        return live.staff_client.patch(f"/categories/{key}", json={"parent_id": parent_id})

    responses = live.at_once(move, len(moves))

    statuses = sorted(response.status_code for response in responses)
    parents = [(parent_of(live, one), parent_of(live, other)) for one, other in pairs]
    assert statuses == [200] * PAIRS + [409] * PAIRS
    assert all(pair.count(None) == 1 for pair in parents)
# {% endcall %}
