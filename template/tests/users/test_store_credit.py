# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The store credit of a user: an amount with two decimals, never below nothing."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user, user_data


@pytest.mark.parametrize("amount", ["0.00", "19.90", "9999999999.99"])
async def test_a_store_credit_is_stored_as_it_is_given(client: AsyncClient, amount: str) -> None:
    created = await create_user(client, store_credit=amount)
    found = await client.get(f"/users/{created['id']}")

    assert (created["store_credit"], found.json()["store_credit"]) == (amount, amount)


async def test_minus_zero_is_zero(client: AsyncClient) -> None:
    created = await create_user(client, store_credit=-0.0)

    assert created["store_credit"] == "0.00"


@pytest.mark.parametrize("amount", ["-0.01", "1.001", "10000000000.00", "much", None])
async def test_a_store_credit_against_its_rule_is_422_and_named(
    client: AsyncClient,
    amount: str | None,
) -> None:
    user = await create_user(client)

    created = await client.post("/users", json=user_data(store_credit=amount))
    changed = await client.patch(f"/users/{user['id']}", json={"store_credit": amount})

    for response in (created, changed):
        assert response.status_code == 422
        assert response.json()["errors"][0]["loc"] == ["body", "store_credit"]


async def test_put_resets_the_store_credit_and_patch_does_not(client: AsyncClient) -> None:
    user = await create_user(client, store_credit=5)
    path = f"/users/{user['id']}"

    patched = await client.patch(path, json={"bio": "New"})
    replaced = await client.put(path, json=user_data())

    assert patched.json()["store_credit"] == "5.00"
    assert replaced.json()["store_credit"] == "0.00"


async def test_many_users_are_added_with_their_store_credits(client: AsyncClient) -> None:
    data = [user_data(store_credit=amount) for amount in ("1.50", "2.50")]

    response = await client.post("/users/bulk", json=data)

    assert [user["store_credit"] for user in response.json()] == ["1.50", "2.50"]


async def test_no_list_is_sorted_by_store_credit(client: AsyncClient) -> None:
    response = await client.get("/users", params={"sort": "store_credit"})

    assert response.status_code == 422
# {% endcall %}
