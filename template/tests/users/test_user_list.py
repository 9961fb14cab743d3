# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""List of users: pages, order, filters and search."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user


async def test_page_reports_total_and_neighbours(staff_client: AsyncClient) -> None:
    created = [await create_user(staff_client, full_name="Ada of the page") for _ in range(5)]
    within: dict[str, Any] = {"search": "ada of the page", "sort": "created_at"}

    response = await staff_client.get("/users", params=within | {"page_size": 2, "page": 2})

    assert response.status_code == 200
    assert response.json() == {
        "items": created[2:4],
        "total": 5,
        "page": 2,
        "page_size": 2,
        "pages": 3,
        "has_next": True,
        "has_previous": True,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page_size", "101"),
        ("sort", "id"),
        ("sort", "full_name"),
        ("sort", "--email"),
        ("is_active", "perhaps"),
        ("search", ""),
        ("search", "s" * 101),
        ("search", "\0"),
        ("colour", "red"),
    ],
)
async def test_invalid_query_parameter_is_422_and_named(
    staff_client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await staff_client.get("/users", params={name: value})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["query", name]]


@pytest.mark.parametrize(
    ("sort", "usernames"),
    [
        ("username", ["ada", "bob", "cyd"]),
        ("-username", ["cyd", "bob", "ada"]),
        ("email", ["cyd", "ada", "bob"]),
        ("-email", ["bob", "ada", "cyd"]),
        ("created_at", ["bob", "ada", "cyd"]),
        ("-created_at", ["cyd", "ada", "bob"]),
    ],
)
async def test_users_are_sorted_by_the_requested_field(
    staff_client: AsyncClient,
    sort: str,
    usernames: list[str],
) -> None:
    for username, email in (("bob", "3@x.org"), ("ada", "2@x.org"), ("cyd", "1@x.org")):
        await create_user(staff_client, username=username, email=email)

    response = await staff_client.get("/users", params={"search": "@x.org", "sort": sort})

    assert [item["username"] for item in response.json()["items"]] == usernames


@pytest.mark.parametrize(("asked", "is_active"), [("true", True), ("false", False)])
async def test_users_are_filtered_by_is_active(
    staff_client: AsyncClient,
    *,
    asked: str,
    is_active: bool,
) -> None:
    await create_user(staff_client, full_name="Ada", is_active=True)
    await create_user(staff_client, full_name="Ada", is_active=False)

    response = await staff_client.get("/users", params={"search": "ada", "is_active": asked})

    assert [item["is_active"] for item in response.json()["items"]] == [is_active]


@pytest.mark.parametrize(
    ("search", "usernames"),
    [
        ("LOVELACE", ["ada", "eve"]),
        ("eve", ["eve"]),
        ("ada@", ["ada"]),
        ("100%", ["sale"]),
        ("_", ["snake_case"]),
        ("' OR 1=1 --", []),
    ],
)
async def test_search_matches_username_email_and_full_name(
    staff_client: AsyncClient,
    search: str,
    usernames: list[str],
) -> None:
    await create_user(staff_client, username="ada", email="ada@x.org", full_name="Ada Lovelace")
    await create_user(staff_client, username="eve", email="eve@lovelace.org")
    await create_user(staff_client, username="sale", full_name="100% off")
    await create_user(staff_client, username="snake_case")

    response = await staff_client.get("/users", params={"search": search})

    assert [item["username"] for item in response.json()["items"]] == usernames
# {% endcall %}
