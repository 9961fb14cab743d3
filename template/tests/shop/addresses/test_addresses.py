# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Addresses over HTTP: what a client can do with one, and what is refused."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import address_data, create_address, create_user

NOBODY = 2**62


async def test_a_new_address_is_found_where_location_says(client: AsyncClient) -> None:
    user = await create_user(client)
    data = address_data(country="de")

    response = await client.post(f"/users/{user['id']}/addresses", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/users/{user['id']}/addresses/{created['id']}"
    assert found.json() == created
    assert created == data | {
        "id": created["id"],
        "user_id": user["id"],
        "country": "DE",
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }


async def test_the_list_holds_the_addresses_of_one_user_in_pages(client: AsyncClient) -> None:
    user = await create_user(client)
    other = await create_user(client)
    created = [await create_address(client, user["id"]) for _ in range(3)]
    await create_address(client, other["id"])
    path = f"/users/{user['id']}/addresses"

    response = await client.get(path, params={"page_size": 2, "page": 2})

    assert response.status_code == 200
    assert response.json() == {
        "items": created[2:],
        "total": 3,
        "page": 2,
        "page_size": 2,
        "pages": 2,
        "has_next": False,
        "has_previous": True,
    }


async def test_put_replaces_all_fields(client: AsyncClient) -> None:
    user = await create_user(client)
    before = await create_address(client, user["id"])
    data = address_data(city="Paris", country="FR")
    path = f"/users/{user['id']}/addresses/{before['id']}"

    response = await client.put(path, json=data)
    after = await client.get(path)

    assert response.status_code == 200
    assert after.json() == before | data | {"updated_at": after.json()["updated_at"]}


async def test_patch_changes_only_what_it_names(client: AsyncClient) -> None:
    user = await create_user(client)
    before = await create_address(client, user["id"])
    path = f"/users/{user['id']}/addresses/{before['id']}"

    response = await client.patch(path, json={"city": "Paris"})
    after = await client.get(path)

    assert response.status_code == 200
    assert after.json() == before | {"city": "Paris", "updated_at": after.json()["updated_at"]}


async def test_a_deleted_address_is_gone_and_its_user_is_not(client: AsyncClient) -> None:
    user = await create_user(client)
    address = await create_address(client, user["id"])
    path = f"/users/{user['id']}/addresses/{address['id']}"

    response = await client.delete(path)
    again = await client.delete(path)
    found = await client.get(f"/users/{user['id']}")

    assert (response.status_code, response.content) == (204, b"")
    assert again.status_code == 404
    assert found.json() == user | {"addresses": []}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_the_address_of_another_user_is_404_and_stays(
    client: AsyncClient,
    method: str,
) -> None:
    user = await create_user(client)
    other = await create_user(client)
    address = await create_address(client, other["id"])
    body = None if method in {"GET", "DELETE"} else address_data()

    response = await client.request(
        method,
        f"/users/{user['id']}/addresses/{address['id']}",
        json=body,
    )
    found = await client.get(f"/users/{other['id']}/addresses/{address['id']}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Address {address['id']} does not exist."
    assert found.json() == address


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_user_has_no_addresses(client: AsyncClient, method: str) -> None:
    body = address_data() if method == "POST" else None

    response = await client.request(method, f"/users/{NOBODY}/addresses", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {NOBODY} does not exist."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("street", " "),
        ("street", "s" * 201),
        ("city", ""),
        ("city", "c" * 101),
        ("city", "\0"),
        ("postal_code", " "),
        ("postal_code", "1" * 21),
        ("country", "D"),
        ("country", "DEU"),
        ("country", "D1"),
        ("country", "DE\n"),
        ("country", None),
        ("user_id", 1),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: Any,
) -> None:
    created = await client.post("/users/1/addresses", json=address_data(**{field: value}))
    changed = await client.patch("/users/1/addresses/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["street", "city", "postal_code", "country"])
async def test_a_field_that_is_missing_is_422_and_named(client: AsyncClient, field: str) -> None:
    data = address_data()
    del data[field]

    response = await client.post("/users/1/addresses", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]
# {% endcall %}
