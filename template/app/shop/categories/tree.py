"""The tree that categories form, as plain functions without a database."""

from collections.abc import Iterable, Mapping

from app.errors import Conflict
from app.models import Category
from app.shop.categories.schemas import CategoryNode

# More than a shop needs, and few enough to be shown: JSON is written no deeper than 255.
MAX_DEPTH = 20


def build_tree(categories: Iterable[Category]) -> list[CategoryNode]:
    """Return the roots, each with all that is below it; siblings keep the order they came in.

    A root has no parent, or one that is not among the categories.
    """
    rows = list(categories)
    nodes = {row.id: CategoryNode(id=row.id, name=row.name, slug=row.slug) for row in rows}
    roots: list[CategoryNode] = []
    for row in rows:
        parent = nodes.get(row.parent_id) if row.parent_id is not None else None
        siblings = parent.children if parent else roots
        siblings.append(nodes[row.id])
    return roots


def is_inside(inner: int, outer: int, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `inner` is `outer` or stands below it."""
    current: int | None = inner
    while current is not None and current != outer:
        current = parents.get(current)
    return current == outer


def require_place(
    parent_id: int,
    category_id: int | None,
    parents: Mapping[int, int | None],
) -> None:
    """Raise Conflict where a category, new or moved, would stand inside itself or too deep."""
    below = 1
    if category_id is not None:
        if is_inside(parent_id, category_id, parents):
            raise Conflict("A category cannot stand inside itself.")
        below = _height(category_id, parents)
    if _depth(parent_id, parents) + below > MAX_DEPTH:
        raise Conflict(f"Categories stand no more than {MAX_DEPTH} deep inside each other.")


def _depth(key: int, parents: Mapping[int, int | None]) -> int:
    """Return how many levels there are from a root down to this category, which counts too."""
    depth = 0
    current: int | None = key
    while current is not None:
        depth += 1
        current = parents.get(current)
    return depth


def _height(key: int, parents: Mapping[int, int | None]) -> int:
    """Return how many levels there are from this category, which counts too, down to the last."""
    depths = [_depth(inner, parents) for inner in parents if is_inside(inner, key, parents)]
    return max(depths, default=0) - _depth(key, parents) + 1
