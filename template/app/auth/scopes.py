"""What each role may do. A route asks for a scope, never for a role."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from app.models import Role


class Scope(StrEnum):
    """Something that a role, or an API key, may be allowed to do."""

    USERS = "users:manage"
    # {% if example == "shop" %}
    SHOP = "shop:use"
    CATALOG = "catalog:write"
    ORDERS = "orders:manage"
    # {% endif %}


SCOPES: dict[Role, AbstractSet[Scope]] = {
    # {% if example == "shop" %}
    Role.MEMBER: frozenset({Scope.SHOP}),
    # {% else %}
    Role.MEMBER: frozenset(),
    # {% endif %}
    Role.STAFF: frozenset(Scope),
}


@dataclass(frozen=True)
class Actor:
    """Who sends this request, as far as routes need to know."""

    user_id: int
    scopes: AbstractSet[Scope]
    # None for a machine, which has an API key instead.
    session_id: int | None

    def __str__(self) -> str:
        """Name the actor in logs and in the audit."""
        return f"user {self.user_id}"
