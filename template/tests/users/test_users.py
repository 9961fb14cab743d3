# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Users over HTTP: what a client can do with one, and what is refused."""

from datetime import datetime, timedelta

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user, user_data
from tests.users.expected import DEFAULTS, DETAIL

NOBODY = 2**62


async def test_a_new_user_is_found_where_location_says(client: AsyncClient) -> None:
    data = user_data(
        full_name="Ada Lovelace",
        bio="Wrote the first program",
        is_active=False,
    )

    response = await client.post("/users", json=data)
    found = await client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/users/{created['id']}"
    assert created == DEFAULTS | data | {
        "id": created["id"],
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }
    assert found.json() == created | DETAIL


async def test_a_user_needs_no_more_than_its_two_names(client: AsyncClient) -> None:
    created = await create_user(client)
    found = await client.get(f"/users/{created['id']}")

    assert found.json() == created | DEFAULTS | DETAIL


async def test_both_names_are_stored_in_lower_case(client: AsyncClient) -> None:
    created = await create_user(client, username="Ada.L", email="Ada@Example.COM")

    assert (created["username"], created["email"]) == ("ada.l", "ada@example.com")


@pytest.mark.parametrize("field", ["username", "email"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_the_name_of_another_user_in_any_case_is_409_and_says_which(
    client: AsyncClient,
    field: str,
    method: str,
) -> None:
    first = await create_user(client)
    second = await create_user(client)
    path = "/users" if method == "POST" else f"/users/{second['id']}"
    data = user_data(**{field: first[field].upper()})

    response = await client.request(method, path, json=data)
    found = await client.get(f"/users/{second['id']}")

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert found.json()["username"] == second["username"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_user_is_404_and_says_which(client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else user_data()

    response = await client.request(method, f"/users/{NOBODY}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {NOBODY} does not exist."


@pytest.mark.parametrize("email", ["ada+1@example.com", "ADA+1@EXAMPLE.COM", "Ada%2B1@Example.com"])
async def test_a_user_is_found_by_its_email_in_any_case(client: AsyncClient, email: str) -> None:
    user = await create_user(client, email="Ada+1@example.com")

    response = await client.get(f"/users/email/{email}")

    assert response.status_code == 200
    assert response.json() == user | DETAIL


async def test_an_unknown_email_is_404_and_says_which(client: AsyncClient) -> None:
    response = await client.get("/users/email/nobody@example.com")

    assert response.status_code == 404
    assert response.json()["detail"] == "User nobody@example.com does not exist."


@pytest.mark.parametrize("email", ["%00", "%ff%fe", "%ed%a0%80", "a" * 5000, "'%20OR%20''='"])
async def test_a_hostile_email_finds_nothing(client: AsyncClient, email: str) -> None:
    response = await client.get(f"/users/email/{email}")

    # One database looks for a NUL byte, another refuses to.
    assert response.status_code in {404, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_put_resets_what_it_leaves_out(client: AsyncClient) -> None:
    before = await create_user(client, full_name="Old", bio="Old", is_active=False)
    data = user_data()

    response = await client.put(f"/users/{before['id']}", json=data)

    after = response.json()
    assert response.status_code == 200
    assert after == before | data | DEFAULTS | {"updated_at": after["updated_at"]}


async def test_patch_changes_only_what_it_names(client: AsyncClient) -> None:
    before = await create_user(client, full_name="Old", bio="Old", is_active=False)
    path = f"/users/{before['id']}"

    response = await client.patch(path, json={"full_name": "New", "bio": None})
    after = await client.get(path)

    changed = {"full_name": "New", "bio": None, "updated_at": after.json()["updated_at"]}
    assert response.status_code == 200
    assert response.json() == before | changed
    assert after.json() == before | changed | DETAIL


@pytest.mark.parametrize("field", ["username", "email", "is_active"])
async def test_patch_with_null_is_refused_for_a_required_field(
    client: AsyncClient,
    field: str,
) -> None:
    user = await create_user(client)

    response = await client.patch(f"/users/{user['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_a_change_moves_updated_at_and_not_created_at(client: AsyncClient) -> None:
    before = await create_user(client)

    await client.patch(f"/users/{before['id']}", json={"bio": "New"})
    after = await client.get(f"/users/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]
# {% endcall %}
