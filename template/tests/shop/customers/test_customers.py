# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Customers over HTTP: bulk requests, statistics, store credit, PUT."""

from collections import Counter
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from tests.factories import USER_DEFAULTS, USER_DETAIL, create_user, user_data
from tests.live import LiveService

UNKNOWN_ID = 2**62
MAX_USERS = 100
CLIENTS = 20


async def active(client: AsyncClient, users: list[dict[str, Any]]) -> list[bool]:
    """Stored `is_active` of the users."""
    found = [await client.get(f"/users/{user['id']}") for user in users]
    return [answer.json()["is_active"] for answer in found]


async def test_bulk_create_returns_users_in_request_order(staff_client: AsyncClient) -> None:
    data = [user_data(bio="One of many") for _ in range(MAX_USERS)]

    response = await staff_client.post("/users/bulk", json=data)
    created = response.json()
    last = await staff_client.get(f"/users/{created[-1]['id']}")

    assert response.status_code == 201
    assert [user["username"] for user in created] == [user["username"] for user in data]
    assert last.json() == created[-1] | USER_DETAIL


@pytest.mark.parametrize("field", ["username", "email"])
async def test_bulk_create_with_a_taken_name_is_409_and_creates_none(
    staff_client: AsyncClient,
    field: str,
) -> None:
    taken = await create_user(staff_client)
    data = [user_data(), user_data(**{field: taken[field]}), user_data()]

    response = await staff_client.post("/users/bulk", json=data)
    found = await staff_client.get("/users", params={"email": data[0]["email"]})

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert found.json()["total"] == 0


@pytest.mark.parametrize("field", ["username", "email"])
async def test_bulk_create_with_a_repeated_name_is_409_and_creates_none(
    staff_client: AsyncClient,
    field: str,
) -> None:
    first = user_data()
    second = user_data(**{field: first[field].upper()})

    response = await staff_client.post("/users/bulk", json=[first, second])
    found = await staff_client.get("/users", params={"email": first["email"]})

    assert response.status_code == 409
    assert found.json()["total"] == 0


async def test_bulk_create_with_one_invalid_user_is_422_and_creates_none(
    staff_client: AsyncClient,
) -> None:
    data = [user_data(), user_data(email="nowhere")]

    response = await staff_client.post("/users/bulk", json=data)
    found = await staff_client.get("/users", params={"email": data[0]["email"]})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", 1, "email"]
    assert found.json()["total"] == 0


@pytest.mark.parametrize("number", [0, MAX_USERS + 1])
async def test_bulk_create_of_none_or_too_many_users_is_422(
    staff_client: AsyncClient,
    number: int,
) -> None:
    response = await staff_client.post("/users/bulk", json=[user_data() for _ in range(number)])

    assert response.status_code == 422


async def test_bulk_activation_returns_users_by_id(staff_client: AsyncClient) -> None:
    users = [await create_user(staff_client, is_active=False) for _ in range(3)]
    ids = [users[1]["id"], users[0]["id"]]

    response = await staff_client.patch("/users/bulk", json={"ids": ids, "is_active": True})

    assert response.status_code == 200
    assert [(user["id"], user["is_active"]) for user in response.json()] == [
        (users[0]["id"], True),
        (users[1]["id"], True),
    ]
    assert await active(staff_client, users) == [True, True, False]


async def test_bulk_activation_with_an_unknown_user_changes_none(staff_client: AsyncClient) -> None:
    users = [await create_user(staff_client)]
    data = {"ids": [users[0]["id"], UNKNOWN_ID], "is_active": False}

    response = await staff_client.patch("/users/bulk", json=data)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."
    assert await active(staff_client, users) == [True]


@pytest.mark.parametrize(
    "data",
    [
        {"ids": [], "is_active": False},
        {"ids": [1, 1], "is_active": False},
        {"ids": [0], "is_active": False},
        {"ids": list(range(1, MAX_USERS + 2)), "is_active": False},
        {"ids": [1]},
        {"is_active": False},
        {"ids": [1], "is_active": None},
        {"ids": [1], "is_active": False, "bio": "New"},
    ],
    ids=lambda data: f"{data}"[:30],
)
async def test_invalid_bulk_activation_is_422(
    staff_client: AsyncClient,
    data: dict[str, Any],
) -> None:
    response = await staff_client.patch("/users/bulk", json=data)

    assert response.status_code == 422


async def deleted_user(client: AsyncClient) -> dict[str, str]:
    user = await create_user(client)
    response = await client.delete(f"/users/{user['id']}")
    assert (response.status_code, response.content) == (204, b"")
    return user


async def test_bulk_delete_deletes_the_given_users(staff_client: AsyncClient) -> None:
    users = [await create_user(staff_client) for _ in range(3)]
    ids = [user["id"] for user in users[:2]]

    response = await staff_client.delete("/users/bulk", params={"id": ids})
    found = [await staff_client.get(f"/users/{user['id']}") for user in users]

    assert (response.status_code, response.content) == (204, b"")
    assert [answer.status_code for answer in found] == [404, 404, 200]


async def test_bulk_delete_with_an_unknown_user_deletes_none(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)

    response = await staff_client.delete("/users/bulk", params={"id": [user["id"], UNKNOWN_ID]})
    found = await staff_client.get(f"/users/{user['id']}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."
    assert found.json()["is_active"] is True


async def test_bulk_delete_with_a_deleted_user_is_404(staff_client: AsyncClient) -> None:
    gone = await deleted_user(staff_client)
    user = await create_user(staff_client)

    response = await staff_client.delete("/users/bulk", params={"id": [gone["id"], user["id"]]})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "id=0", "id=one", "id=1&id=1", "ids=1", "id=1&force=true", f"id={2**63}"],
)
async def test_invalid_bulk_delete_is_422(staff_client: AsyncClient, query: str) -> None:
    response = await staff_client.delete(f"/users/bulk?{query}")

    assert response.status_code == 422


async def test_bulk_delete_of_more_than_a_hundred_users_is_422(staff_client: AsyncClient) -> None:
    response = await staff_client.delete("/users/bulk", params={"id": list(range(1, 102))})

    assert response.status_code == 422


@pytest.mark.parametrize("field", ["username", "email"])
async def test_put_with_a_taken_username_or_email_is_409_and_named(
    staff_client: AsyncClient,
    field: str,
) -> None:
    first = await create_user(staff_client)
    second = await create_user(staff_client)
    data = user_data(**{field: first[field].upper()})

    response = await staff_client.put(f"/users/{second['id']}", json=data)
    found = await staff_client.get(f"/users/{second['id']}")

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert found.json()["username"] == second["username"]


async def test_put_to_an_unknown_user_is_404_and_named(staff_client: AsyncClient) -> None:
    response = await staff_client.put(f"/users/{UNKNOWN_ID}", json=user_data())

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."


async def test_put_to_a_deleted_user_is_404(staff_client: AsyncClient) -> None:
    user = await deleted_user(staff_client)

    response = await staff_client.put(f"/users/{user['id']}", json=user_data())

    assert response.status_code == 404


async def test_statistics_count_users_by_state(staff_client: AsyncClient) -> None:
    before = await staff_client.get("/users/statistics")
    await create_user(staff_client)
    await create_user(staff_client)
    await create_user(staff_client, is_active=False)
    gone = await create_user(staff_client)
    await staff_client.delete(f"/users/{gone['id']}")

    after = await staff_client.get("/users/statistics")

    added = {name: number - before.json()[name] for name, number in after.json().items()}
    assert after.status_code == 200
    assert added == {"total": 3, "active": 2, "inactive": 1, "deleted": 1}


async def test_put_resets_omitted_fields(staff_client: AsyncClient) -> None:
    before = await create_user(staff_client, full_name="Old", bio="Old", is_active=False)
    data = user_data()

    response = await staff_client.put(f"/users/{before['id']}", json=data)

    after = response.json()
    assert response.status_code == 200
    assert after == before | data | USER_DEFAULTS | {"updated_at": after["updated_at"]}


@pytest.mark.parametrize("amount", ["0.00", "19.90", "9999999999.99"])
async def test_store_credit_is_stored_as_given(staff_client: AsyncClient, amount: str) -> None:
    created = await create_user(staff_client, store_credit=amount)
    found = await staff_client.get(f"/users/{created['id']}")

    assert (created["store_credit"], found.json()["store_credit"]) == (amount, amount)


async def test_negative_zero_store_credit_is_zero(staff_client: AsyncClient) -> None:
    created = await create_user(staff_client, store_credit=-0.0)

    assert created["store_credit"] == "0.00"


@pytest.mark.parametrize("amount", ["-0.01", "1.001", "10000000000.00", "much", None])
async def test_invalid_store_credit_is_422_and_named(
    staff_client: AsyncClient,
    amount: str | None,
) -> None:
    user = await create_user(staff_client)

    created = await staff_client.post("/users", json=user_data(store_credit=amount))
    changed = await staff_client.patch(f"/users/{user['id']}", json={"store_credit": amount})

    for response in (created, changed):
        assert response.status_code == 422
        assert response.json()["errors"][0]["loc"] == ["body", "store_credit"]


async def test_put_resets_store_credit_and_patch_keeps_it(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client, store_credit=5)
    path = f"/users/{user['id']}"

    patched = await staff_client.patch(path, json={"bio": "New"})
    replaced = await staff_client.put(path, json=user_data())

    assert patched.json()["store_credit"] == "5.00"
    assert replaced.json()["store_credit"] == "0.00"


async def test_bulk_create_stores_store_credit(staff_client: AsyncClient) -> None:
    data = [user_data(store_credit=amount) for amount in ("1.50", "2.50")]

    response = await staff_client.post("/users/bulk", json=data)

    assert [user["store_credit"] for user in response.json()] == ["1.50", "2.50"]


async def test_users_cannot_be_sorted_by_store_credit(staff_client: AsyncClient) -> None:
    response = await staff_client.get("/users", params={"sort": "store_credit"})

    assert response.status_code == 422


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_concurrent_bulk_creates_of_the_same_users_succeed_once(live: LiveService) -> None:
    data = [user_data() for _ in range(CLIENTS)]

    responses = live.at_once(
        lambda number: live.staff_client.post(
            "/users/bulk",
            json=data if number % 2 else data[::-1],
        ),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}


def test_concurrent_bulk_activations_in_opposite_orders_all_succeed(live: LiveService) -> None:
    created = live.staff_client.post("/users/bulk", json=[user_data() for _ in range(CLIENTS)])
    ids = [user["id"] for user in created.json()]

    def activate(number: int) -> Response:
        order = ids if number % 2 else ids[::-1]
        data = {"ids": order, "is_active": number % 2 == 1}
        return live.staff_client.patch("/users/bulk", json=data)

    responses = live.at_once(activate, CLIENTS)

    found = [live.staff_client.get(f"/users/{key}").json()["is_active"] for key in ids]
    assert statuses(responses) == {200: CLIENTS}
    assert len(set(found)) == 1
# {% endcall %}
