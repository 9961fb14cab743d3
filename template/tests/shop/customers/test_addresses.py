# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Addresses over HTTP: create, read, update and delete."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user
from tests.shop.factories import address_data, create_address

UNKNOWN_ID = 2**62


async def test_created_address_is_found_at_its_location(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    data = address_data(country="de")

    response = await staff_client.post(f"/users/{user['id']}/addresses", json=data)
    found = await staff_client.get(response.headers["Location"])

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


async def test_addresses_of_a_user_are_paginated(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    other = await create_user(staff_client)
    created = [await create_address(staff_client, user["id"]) for _ in range(3)]
    await create_address(staff_client, other["id"])
    path = f"/users/{user['id']}/addresses"

    response = await staff_client.get(path, params={"page_size": 2, "page": 2})

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


async def test_put_replaces_all_fields(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    before = await create_address(staff_client, user["id"])
    data = address_data(city="Paris", country="FR")
    path = f"/users/{user['id']}/addresses/{before['id']}"

    response = await staff_client.put(path, json=data)
    after = await staff_client.get(path)

    assert response.status_code == 200
    assert after.json() == before | data | {"updated_at": after.json()["updated_at"]}


async def test_patch_changes_only_given_fields(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    before = await create_address(staff_client, user["id"])
    path = f"/users/{user['id']}/addresses/{before['id']}"

    response = await staff_client.patch(path, json={"city": "Paris"})
    after = await staff_client.get(path)

    assert response.status_code == 200
    assert after.json() == before | {"city": "Paris", "updated_at": after.json()["updated_at"]}


async def test_deleted_address_is_404_and_its_user_remains(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    address = await create_address(staff_client, user["id"])
    path = f"/users/{user['id']}/addresses/{address['id']}"

    response = await staff_client.delete(path)
    again = await staff_client.delete(path)
    found = await staff_client.get(f"/users/{user['id']}")

    assert (response.status_code, response.content) == (204, b"")
    assert again.status_code == 404
    assert found.json() == user | {"addresses": []}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_address_of_another_user_is_404_and_unchanged(
    staff_client: AsyncClient,
    method: str,
) -> None:
    user = await create_user(staff_client)
    other = await create_user(staff_client)
    address = await create_address(staff_client, other["id"])
    body = None if method in {"GET", "DELETE"} else address_data()

    response = await staff_client.request(
        method,
        f"/users/{user['id']}/addresses/{address['id']}",
        json=body,
    )
    found = await staff_client.get(f"/users/{other['id']}/addresses/{address['id']}")

    assert response.status_code == 404
    assert response.json()["detail"] == f"Address {address['id']} does not exist."
    assert found.json() == address


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_addresses_of_an_unknown_user_are_404(staff_client: AsyncClient, method: str) -> None:
    body = address_data() if method == "POST" else None

    response = await staff_client.request(method, f"/users/{UNKNOWN_ID}/addresses", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."


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
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: Any,
) -> None:
    created = await staff_client.post("/users/1/addresses", json=address_data(**{field: value}))
    changed = await staff_client.patch("/users/1/addresses/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["street", "city", "postal_code", "country"])
async def test_missing_field_is_422_and_named(staff_client: AsyncClient, field: str) -> None:
    data = address_data()
    del data[field]

    response = await staff_client.post("/users/1/addresses", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


async def test_user_includes_addresses_and_the_list_does_not(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    addresses = [await create_address(staff_client, user["id"]) for _ in range(2)]

    found = await staff_client.get(f"/users/{user['id']}")
    listed = await staff_client.get("/users", params={"search": user["username"]})

    assert found.json() == user | {"addresses": addresses}
    assert listed.json()["items"] == [user]


async def test_addresses_of_a_deleted_user_are_404(staff_client: AsyncClient) -> None:
    user = await create_user(staff_client)
    address = await create_address(staff_client, user["id"])
    path = f"/users/{user['id']}/addresses"
    await staff_client.delete(f"/users/{user['id']}")

    listed = await staff_client.get(path)
    added = await staff_client.post(path, json=address_data())
    found = await staff_client.get(f"{path}/{address['id']}")
    changed = await staff_client.patch(f"{path}/{address['id']}", json={"city": "New"})
    removed = await staff_client.delete(f"{path}/{address['id']}")

    answers = (listed, added, found, changed, removed)
    assert {answer.status_code for answer in answers} == {404}
# {% endcall %}
