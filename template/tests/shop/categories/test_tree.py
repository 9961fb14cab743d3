"""The tree as plain functions: no database, no HTTP."""

import pytest

from app.models import Category
from app.shop.categories.schemas import CategoryNode
from app.shop.categories.tree import build_tree, is_inside

# 1 holds 2, and 2 holds 3; 4 stands alone.
PARENTS = {1: None, 2: 1, 3: 2, 4: None}


def category(key: int, parent_id: int | None = None) -> Category:
    return Category(id=key, name=f"Name {key}", slug=f"slug-{key}", parent_id=parent_id)


def node(key: int, *children: CategoryNode) -> CategoryNode:
    return CategoryNode(id=key, name=f"Name {key}", slug=f"slug-{key}", children=list(children))


def test_nothing_is_an_empty_tree() -> None:
    assert build_tree([]) == []


def test_a_category_stands_inside_its_parent() -> None:
    tree = build_tree([category(1), category(2, 1), category(3, 2), category(4)])

    assert tree == [node(1, node(2, node(3))), node(4)]


def test_a_parent_may_come_after_its_children() -> None:
    tree = build_tree([category(3, 2), category(2, 1), category(1)])

    assert tree == [node(1, node(2, node(3)))]


def test_siblings_keep_the_order_they_came_in() -> None:
    tree = build_tree([category(9), category(4, 1), category(1), category(3, 1), category(2, 1)])

    assert tree == [node(9), node(1, node(4), node(3), node(2))]


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
        "stranger",
        "unknown inside",
        "inside unknown",
    ],
)
def test_whether_one_category_is_inside_another(*, inner: int, outer: int, inside: bool) -> None:
    assert is_inside(inner, outer, PARENTS) is inside
