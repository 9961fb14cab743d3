"""The tree that categories form, as plain functions without a database."""

from collections.abc import Iterable, Mapping

from app.categories.schemas import CategoryNode
from app.models import Category


def build_tree(categories: Iterable[Category]) -> list[CategoryNode]:
    """Return the roots, each with all that is below it; siblings keep the order they came in."""
    rows = list(categories)
    nodes = {row.id: CategoryNode(id=row.id, name=row.name, slug=row.slug) for row in rows}
    roots: list[CategoryNode] = []
    for row in rows:
        siblings = roots if row.parent_id is None else nodes[row.parent_id].children
        siblings.append(nodes[row.id])
    return roots


def is_inside(inner: int, outer: int, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `inner` is `outer` or stands below it."""
    current: int | None = inner
    while current is not None and current != outer:
        current = parents.get(current)
    return current == outer
