# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Users over HTTP: create, read, update and delete."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User
from tests.factories import USER_DEFAULTS, USER_DETAIL, create_user, user_data
from tests.live import LiveService

UNKNOWN_ID = 2**62
CLIENTS = 20


async def test_created_user_is_found_at_its_location(staff_client: AsyncClient) -> None:
    data = user_data(
        full_name="Ada Lovelace",
        bio="Wrote the first program",
        is_active=False,
    )

    response = await staff_client.post("/users", json=data)
    found = await staff_client.get(response.headers["Location"])

    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/users/{created['id']}"
    assert created == USER_DEFAULTS | data | {
        "id": created["id"],
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
    }
    assert found.json() == created | USER_DETAIL


async def test_user_requires_only_username_and_email(staff_client: AsyncClient) -> None:
    created = await create_user(staff_client)
    found = await staff_client.get(f"/users/{created['id']}")

    assert found.json() == created | USER_DEFAULTS | USER_DETAIL


async def test_username_and_email_are_stored_in_lower_case(staff_client: AsyncClient) -> None:
    created = await create_user(staff_client, username="Ada.L", email="Ada@Example.COM")

    assert (created["username"], created["email"]) == ("ada.l", "ada@example.com")


@pytest.mark.parametrize("field", ["username", "email"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_taken_username_or_email_in_any_case_is_409_and_named(
    staff_client: AsyncClient,
    field: str,
    method: str,
) -> None:
    first = await create_user(staff_client)
    second = await create_user(staff_client)
    path = "/users" if method == "POST" else f"/users/{second['id']}"
    data = user_data(**{field: first[field].upper()})

    response = await staff_client.request(method, path, json=data)
    found = await staff_client.get(f"/users/{second['id']}")

    assert response.status_code == 409
    assert response.json()["detail"] == f"Another one with the same {field} exists already."
    assert found.json()["username"] == second["username"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_unknown_user_is_404_and_named(staff_client: AsyncClient, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else user_data()

    response = await staff_client.request(method, f"/users/{UNKNOWN_ID}", json=body)

    assert response.status_code == 404
    assert response.json()["detail"] == f"User {UNKNOWN_ID} does not exist."


@pytest.mark.parametrize("email", ["ada+1@example.com", "ADA+1@EXAMPLE.COM", "Ada+1@Example.com"])
async def test_user_is_found_by_email_in_any_case(staff_client: AsyncClient, email: str) -> None:
    user = await create_user(staff_client, email="Ada+1@example.com")
    await create_user(staff_client, email="ada+2@example.com")

    response = await staff_client.get("/users", params={"email": email})

    assert response.status_code == 200
    assert (response.json()["items"], response.json()["total"]) == ([user], 1)


async def test_unknown_email_finds_no_user(staff_client: AsyncClient) -> None:
    response = await staff_client.get("/users", params={"email": "unknown@example.com"})

    assert response.status_code == 200
    assert (response.json()["items"], response.json()["total"]) == ([], 0)


@pytest.mark.parametrize("email", ["%00", "%ff%fe", "%ed%a0%80", "a" * 5000, "'%20OR%20''='", ""])
async def test_hostile_email_is_422_and_named(staff_client: AsyncClient, email: str) -> None:
    response = await staff_client.get(f"/users?email={email}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["loc"] for error in response.json()["errors"]] == [["query", "email"]]


async def test_patch_changes_only_given_fields(staff_client: AsyncClient) -> None:
    before = await create_user(staff_client, full_name="Old", bio="Old", is_active=False)
    path = f"/users/{before['id']}"

    response = await staff_client.patch(path, json={"full_name": "New", "bio": None})
    after = await staff_client.get(path)

    changed = {"full_name": "New", "bio": None, "updated_at": after.json()["updated_at"]}
    assert response.status_code == 200
    assert response.json() == before | changed
    assert after.json() == before | changed | USER_DETAIL


@pytest.mark.parametrize("field", ["username", "email", "is_active"])
async def test_patch_rejects_null_for_a_required_field(
    staff_client: AsyncClient,
    field: str,
) -> None:
    user = await create_user(staff_client)

    response = await staff_client.patch(f"/users/{user['id']}", json={field: None})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]


async def test_update_changes_updated_at_but_not_created_at(staff_client: AsyncClient) -> None:
    before = await create_user(staff_client)

    await staff_client.patch(f"/users/{before['id']}", json={"bio": "New"})
    after = await staff_client.get(f"/users/{before['id']}")

    first = datetime.fromisoformat(before["updated_at"])
    second = datetime.fromisoformat(after.json()["updated_at"])
    assert second > first
    assert (first.utcoffset(), second.utcoffset()) == (timedelta(0), timedelta(0))
    assert after.json()["created_at"] == before["created_at"]


async def deleted_user(client: AsyncClient) -> dict[str, str]:
    user = await create_user(client)
    response = await client.delete(f"/users/{user['id']}")
    assert (response.status_code, response.content) == (204, b"")
    return user


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_deleted_user_is_404(staff_client: AsyncClient, method: str) -> None:
    user = await deleted_user(staff_client)
    body = user_data() if method == "PATCH" else None

    response = await staff_client.request(method, f"/users/{user['id']}", json=body)

    assert response.status_code == 404


async def test_deleted_user_is_not_listed_or_found_by_email(staff_client: AsyncClient) -> None:
    user = await deleted_user(staff_client)

    listed = await staff_client.get("/users", params={"search": user["email"]})
    inactive = await staff_client.get(
        "/users",
        params={"search": user["email"], "is_active": False},
    )
    by_email = await staff_client.get("/users", params={"email": user["email"]})

    totals = [response.json()["total"] for response in (listed, inactive, by_email)]
    assert totals == [0, 0, 0]


@pytest.mark.parametrize("field", ["username", "email"])
async def test_username_and_email_of_a_deleted_user_stay_taken(
    staff_client: AsyncClient,
    field: str,
) -> None:
    user = await deleted_user(staff_client)

    response = await staff_client.post("/users", json=user_data(**{field: user[field]}))

    assert response.status_code == 409


async def test_deleted_user_keeps_its_row_and_is_deactivated(
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await deleted_user(staff_client)

    row = await session.get_one(User, user["id"])

    assert row.deleted_at is not None
    assert not row.is_active


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
async def test_invalid_field_is_422_and_named(
    staff_client: AsyncClient,
    field: str,
    value: object,
) -> None:
    created = await staff_client.post("/users", json=user_data(**{field: value}))
    changed = await staff_client.patch("/users/1", json={field: value})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize("field", ["username", "email"])
async def test_missing_field_is_422_and_named(staff_client: AsyncClient, field: str) -> None:
    data = user_data()
    del data[field]

    response = await staff_client.post("/users", json=data)

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [["body", field]]


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "first.last+tag@sub.example.com", "a_b%c-d@1-2.example", "a@xn--e1afmkfd.xn"],
)
async def test_unusual_email_is_accepted(staff_client: AsyncClient, email: str) -> None:
    created = await create_user(staff_client, email=email)

    assert created["email"] == email


async def test_largest_allowed_values_are_stored(staff_client: AsyncClient) -> None:
    data = user_data(
        username="u" * 50,
        email="e" * 64 + "@" + "example." * 23 + "berlin"[:5],
        full_name="n" * 200,
        bio="b" * 5000,
    )

    created = await create_user(staff_client, **data)
    found = await staff_client.get(f"/users/{created['id']}")

    assert len(data["email"]) == 254
    assert found.json() == created | data | USER_DETAIL


async def test_markup_is_stored_as_text(staff_client: AsyncClient) -> None:
    bio = "<script>alert(1)</script> Robert'); DROP TABLE users; --"

    created = await create_user(staff_client, bio=bio)
    found = await staff_client.get(f"/users/{created['id']}")

    assert found.json()["bio"] == bio


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_concurrent_creates_with_one_email_succeed_once(live: LiveService) -> None:
    email = user_data()["email"]

    responses = live.at_once(
        lambda _number: live.staff_client.post("/users", json=user_data(email=email)),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}
# {% endcall %}
