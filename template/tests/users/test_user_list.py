# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The list of users and their number: filters, search, order and pages."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user


async def test_a_page_tells_where_it_stands_in_the_whole(client: AsyncClient) -> None:
    created = [await create_user(client, full_name="Ada of the page") for _ in range(5)]
    within: dict[str, Any] = {"search": "ada of the page", "sort": "created_at"}

    response = await client.get("/users", params=within | {"page_size": 2, "page": 2})

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
async def test_a_parameter_against_its_rule_is_422_and_named(
    client: AsyncClient,
    name: str,
    value: str,
) -> None:
    response = await client.get("/users", params={name: value})

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
async def test_the_list_is_sorted_as_asked(
    client: AsyncClient,
    sort: str,
    usernames: list[str],
) -> None:
    for username, email in (("bob", "3@x.org"), ("ada", "2@x.org"), ("cyd", "1@x.org")):
        await create_user(client, username=username, email=email)

    response = await client.get("/users", params={"search": "@x.org", "sort": sort})

    assert [item["username"] for item in response.json()["items"]] == usernames


@pytest.mark.parametrize(("asked", "is_active"), [("true", True), ("false", False)])
async def test_the_list_takes_only_who_is_active_or_not(
    client: AsyncClient,
    *,
    asked: str,
    is_active: bool,
) -> None:
    await create_user(client, full_name="Ada", is_active=True)
    await create_user(client, full_name="Ada", is_active=False)

    response = await client.get("/users", params={"search": "ada", "is_active": asked})

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
async def test_a_search_finds_this_text_in_any_name(
    client: AsyncClient,
    search: str,
    usernames: list[str],
) -> None:
    await create_user(client, username="ada", email="ada@x.org", full_name="Ada Lovelace")
    await create_user(client, username="eve", email="eve@lovelace.org")
    await create_user(client, username="sale", full_name="100% off")
    await create_user(client, username="snake_case")

    response = await client.get("/users", params={"search": search})

    assert [item["username"] for item in response.json()["items"]] == usernames


async def test_the_statistics_count_users_of_each_kind(client: AsyncClient) -> None:
    before = await client.get("/users/statistics")
    await create_user(client)
    await create_user(client)
    await create_user(client, is_active=False)
    gone = await create_user(client)
    await client.delete(f"/users/{gone['id']}")

    after = await client.get("/users/statistics")

    added = {name: number - before.json()[name] for name, number in after.json().items()}
    assert after.status_code == 200
    assert added == {"total": 3, "active": 2, "inactive": 1, "deleted": 1}
# {% endcall %}
