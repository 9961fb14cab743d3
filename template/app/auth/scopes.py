"""Scopes, and which role has which. Routes require a scope, never a role."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from app.models import Role


class Scope(StrEnum):
    """Permission of a role or an API key."""

    USERS = "users:manage"
    # {% if example == "shop" %}
    SHOP = "shop:use"
    CATALOG = "catalog:write"
    ORDERS = "orders:manage"
    # {% endif %}
    # Your own scopes go below this line.


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
    """User on whose behalf a request is made, by a session or an API key."""

    user_id: int
    scopes: AbstractSet[Scope]
    # None for an API key.
    session_id: int | None

    def __str__(self) -> str:
        """Name the actor in logs and audit records."""
        return f"user {self.user_id}"
