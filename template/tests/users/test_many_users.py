# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Many users in one request: all of them are written, or none."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user, user_data
from tests.users.expected import DETAIL

NOBODY = 2**62
MOST = 100


async def active(client: AsyncClient, users: list[dict[str, Any]]) -> list[bool]:
    """Return which of the users are stored as active."""
    found = [await client.get(f"/users/{user['id']}") for user in users]
    return [answer.json()["is_active"] for answer in found]


async def test_many_users_are_added_in_the_order_they_came_in(client: AsyncClient) -> None:
    data = [user_data(bio="One of many") for _ in range(MOST)]

    response = await client.post("/users/bulk", json=data)
    created = response.json()
    last = await client.get(f"/users/{created[-1]['id']}")

    assert response.status_code == 201
    assert [user["username"] for user in created] == [user["username"] for user in data]
    assert last.json() == created[-1] | DETAIL


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_name_that_is_taken_is_409_and_none_is_added(
    client: AsyncClient,
    field: str,
) -> None:
    taken = await create_user(client)
    data = [user_data(), user_data(**{field: taken[field]}), user_data()]

    response = await client.post("/users/bulk", json=data)
    found = await client.get(f"/users/email/{data[0]['email']}")

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert found.status_code == 404


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_name_that_comes_twice_is_409_and_none_is_added(
    client: AsyncClient,
    field: str,
) -> None:
    first = user_data()
    second = user_data(**{field: first[field].upper()})

    response = await client.post("/users/bulk", json=[first, second])
    found = await client.get(f"/users/email/{first['email']}")

    assert response.status_code == 409
    assert found.status_code == 404


async def test_one_user_against_the_rules_is_422_and_none_is_added(client: AsyncClient) -> None:
    data = [user_data(), user_data(email="nowhere")]

    response = await client.post("/users/bulk", json=data)
    found = await client.get(f"/users/email/{data[0]['email']}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", 1, "email"]
    assert found.status_code == 404


@pytest.mark.parametrize("number", [0, MOST + 1])
async def test_no_users_and_too_many_are_422(client: AsyncClient, number: int) -> None:
    response = await client.post("/users/bulk", json=[user_data() for _ in range(number)])

    assert response.status_code == 422


async def test_many_users_are_activated_and_told_by_their_keys(client: AsyncClient) -> None:
    users = [await create_user(client, is_active=False) for _ in range(3)]
    ids = [users[1]["id"], users[0]["id"]]

    response = await client.patch("/users/bulk", json={"ids": ids, "is_active": True})

    assert response.status_code == 200
    assert [(user["id"], user["is_active"]) for user in response.json()] == [
        (users[0]["id"], True),
        (users[1]["id"], True),
    ]
    assert await active(client, users) == [True, True, False]


async def test_no_user_is_changed_where_one_is_unknown(client: AsyncClient) -> None:
    users = [await create_user(client)]
    data = {"ids": [users[0]["id"], NOBODY], "is_active": False}

    response = await client.patch("/users/bulk", json=data)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {NOBODY} does not exist."
    assert await active(client, users) == [True]


@pytest.mark.parametrize(
    "data",
    [
        {"ids": [], "is_active": False},
        {"ids": [1, 1], "is_active": False},
        {"ids": [0], "is_active": False},
        {"ids": list(range(1, MOST + 2)), "is_active": False},
        {"ids": [1]},
        {"is_active": False},
        {"ids": [1], "is_active": None},
        {"ids": [1], "is_active": False, "bio": "New"},
    ],
    ids=lambda data: f"{data}"[:30],
)
async def test_a_change_of_many_against_its_rules_is_422(
    client: AsyncClient,
    data: dict[str, Any],
) -> None:
    response = await client.patch("/users/bulk", json=data)

    assert response.status_code == 422
# {% endcall %}
