# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Bodies with valid defaults, so that a test shows only what matters."""

from itertools import count
from typing import Any

from httpx2 import AsyncClient

numbers = count(1)
# Fields of a user created with a username and an email only.
USER_DEFAULTS: dict[str, Any] = {"full_name": None, "bio": None, "is_active": True}
# Fields that only the response for a single user has; each costs a statement.
USER_DETAIL: dict[str, Any] = {}
# {% if example == "shop" %}
USER_DEFAULTS["store_credit"] = "0.00"
USER_DETAIL["addresses"] = []
# {% endif %}


def user_data(**fields: Any) -> dict[str, Any]:
    number = next(numbers)
    return {"username": f"user-{number}", "email": f"user-{number}@example.com"} | fields


async def create_user(staff_client: AsyncClient, **fields: Any) -> dict[str, Any]:
    response = await staff_client.post("/users", json=user_data(**fields))
    response.raise_for_status()
    created: dict[str, Any] = response.json()
    return created
# {% endcall %}
