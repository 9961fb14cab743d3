# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The rules that the fields of a user keep, whoever writes them."""

import pytest
from httpx2 import AsyncClient

from tests.factories import create_user, user_data
from tests.users.expected import DETAIL


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a"),
        ("username", "a" * 51),
        ("username", "two words"),
        ("username", "ada@home"),
        ("username", "ada\n"),
        ("username", "\N{LATIN SMALL LETTER A WITH ACUTE}da"),
        ("email", ""),
        ("email", "ada"),
        ("email", "ada@example"),
        ("email", "@example.com"),
        ("email", "ada@@example.com"),
        ("email", "ada@example.com\n"),
        ("email", "ada @example.com"),
        ("email", "ada@example..com"),
        ("email", "ada@example.com, eve@example.com"),
        ("email", "Ada <ada@example.com>"),
        ("email", "a" * 65 + "@example.com"),
        ("email", "ada@" + "a" * 64 + ".com"),
        ("email", "ada@" + "example." * 31 + "com"),
        ("full_name", " "),
        ("full_name", "n" * 201),
        ("bio", "b" * 5001),
        ("bio", "\0"),
        ("is_active", "perhaps"),
        ("deleted_at", None),
        ("id", 1),
        ("password_hash", "secret"),
        ("role", "staff"),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_a_field_against_its_rule_is_422_and_named(
    client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await client.post("/users", json=user_data(**{field: value}))
    changed = await client.patch("/users/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_field_that_is_missing_is_422_and_named(client: AsyncClient, field: str) -> None:
    data = user_data()
    del data[field]

    response = await client.post("/users", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "first.last+tag@sub.example.com", "a_b%c-d@1-2.example", "a@xn--e1afmkfd.xn"],
)
async def test_an_email_may_look_like_this(client: AsyncClient, email: str) -> None:
    created = await create_user(client, email=email)

    assert created["email"] == email


async def test_the_largest_values_that_fit_are_stored(client: AsyncClient) -> None:
    data = user_data(
        username="u" * 50,
        email="e" * 64 + "@" + "example." * 23 + "berlin"[:5],
        full_name="n" * 200,
        bio="b" * 5000,
    )

    created = await create_user(client, **data)
    found = await client.get(f"/users/{created['id']}")

    assert len(data["email"]) == 254
    assert found.json() == created | data | DETAIL


async def test_markup_is_kept_as_text(client: AsyncClient) -> None:
    bio = "<script>alert(1)</script> Robert'); DROP TABLE users; --"

    created = await create_user(client, bio=bio)
    found = await client.get(f"/users/{created['id']}")

    assert found.json()["bio"] == bio
# {% endcall %}
