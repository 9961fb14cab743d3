# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A deleted user is not found anywhere, and both names stay taken."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from tests.factories import create_user, user_data

NOBODY = 2**62


async def deleted_user(client: AsyncClient) -> dict[str, str]:
    user = await create_user(client)
    response = await client.delete(f"/users/{user['id']}")
    assert (response.status_code, response.content) == (204, b"")
    return user


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_a_deleted_user_is_404(client: AsyncClient, method: str) -> None:
    user = await deleted_user(client)
    body = user_data() if method in {"PUT", "PATCH"} else None

    response = await client.request(method, f"/users/{user['id']}", json=body)

    assert response.status_code == 404


async def test_a_deleted_user_is_in_no_list_and_found_by_no_email(client: AsyncClient) -> None:
    user = await deleted_user(client)

    listed = await client.get("/users", params={"search": user["email"]})
    inactive = await client.get("/users", params={"search": user["email"], "is_active": False})
    by_email = await client.get(f"/users/email/{user['email']}")

    assert (listed.json()["total"], inactive.json()["total"]) == (0, 0)
    assert by_email.status_code == 404


@pytest.mark.parametrize("field", ["username", "email"])
async def test_the_names_of_a_deleted_user_stay_taken(client: AsyncClient, field: str) -> None:
    user = await deleted_user(client)

    response = await client.post("/users", json=user_data(**{field: user[field]}))

    assert response.status_code == 409


async def test_a_deleted_user_keeps_its_row_and_is_no_longer_active(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await deleted_user(client)

    row = await session.get_one(User, user["id"])

    assert row.deleted_at is not None
    assert not row.is_active


async def test_many_users_are_deleted_at_once(client: AsyncClient) -> None:
    users = [await create_user(client) for _ in range(3)]
    ids = [user["id"] for user in users[:2]]

    response = await client.delete("/users/bulk", params={"id": ids})
    found = [await client.get(f"/users/{user['id']}") for user in users]

    assert (response.status_code, response.content) == (204, b"")
    assert [answer.status_code for answer in found] == [404, 404, 200]


async def test_no_user_is_deleted_where_one_is_unknown(client: AsyncClient) -> None:
    user = await create_user(client)

    response = await client.delete("/users/bulk", params={"id": [user["id"], NOBODY]})
    found = await client.get(f"/users/{user['id']}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {NOBODY} does not exist."
    assert found.json()["is_active"] is True


async def test_a_user_that_is_deleted_already_is_unknown(client: AsyncClient) -> None:
    gone = await deleted_user(client)
    user = await create_user(client)

    response = await client.delete("/users/bulk", params={"id": [gone["id"], user["id"]]})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "id=0", "id=one", "id=1&id=1", "ids=1", "id=1&force=true", f"id={2**63}"],
)
async def test_a_selection_against_its_rules_is_422(client: AsyncClient, query: str) -> None:
    response = await client.delete(f"/users/bulk?{query}")

    assert response.status_code == 422


async def test_no_more_than_a_hundred_are_deleted_at_once(client: AsyncClient) -> None:
    response = await client.delete("/users/bulk", params={"id": list(range(1, 102))})

    assert response.status_code == 422
# {% endcall %}
