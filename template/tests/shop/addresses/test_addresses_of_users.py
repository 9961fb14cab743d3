# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A user alone comes with all addresses, and takes them along."""

import pytest
from httpx2 import AsyncClient

from tests.factories import address_data, create_address, create_user


@pytest.mark.parametrize("path", ["{id}", "email/{email}"])
async def test_a_user_comes_with_all_addresses_and_a_list_of_users_with_none(
    client: AsyncClient,
    path: str,
) -> None:
    user = await create_user(client)
    addresses = [await create_address(client, user["id"]) for _ in range(2)]

    found = await client.get(f"/users/{path.format(**user)}")
    listed = await client.get("/users", params={"search": user["username"]})

    assert found.json() == user | {"addresses": addresses}
    assert listed.json()["items"] == [user]


async def test_the_addresses_of_a_deleted_user_are_gone(client: AsyncClient) -> None:
    user = await create_user(client)
    address = await create_address(client, user["id"])
    path = f"/users/{user['id']}/addresses"
    await client.delete(f"/users/{user['id']}")

    listed = await client.get(path)
    added = await client.post(path, json=address_data())
    found = await client.get(f"{path}/{address['id']}")
    changed = await client.patch(f"{path}/{address['id']}", json={"city": "New"})
    removed = await client.delete(f"{path}/{address['id']}")

    answers = (listed, added, found, changed, removed)
    assert {answer.status_code for answer in answers} == {404}
# {% endcall %}
