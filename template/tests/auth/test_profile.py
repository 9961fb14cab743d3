# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""The profile of a user: read, changed and closed by its user, and changed by staff."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.auth.tokens import digest_of, new_token
from app.models import EmailToken, TokenPurpose, User, UserCredential
from app.models.base import utc_now
from tests.auth.doubles import Mailbox
from tests.auth.users import ANOTHER_PASSWORD, PASSWORD, add_session, add_user, member_client
from tests.credentials import api_key
from tests.factories import user_data

NEW = {"current_password": PASSWORD, "new_password": ANOTHER_PASSWORD}
# How staff change the email of a user, and how they take away access.
# {% if example == "shop" %}
METHODS = ["PUT", "PATCH"]
WAYS = ["deactivated", "deactivated with others", "deleted"]
# {% else %}
METHODS = ["PATCH"]
WAYS = ["deactivated", "deleted"]
# {% endif %}


async def test_a_user_reads_the_own_profile(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session, full_name="Ada Lovelace")

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.get("/auth/me")

    found = response.json()
    assert response.status_code == 200
    assert found == user | {
        "full_name": "Ada Lovelace",
        "bio": None,
        "role": "member",
        # {% if example == "shop" %}
        "scopes": [Scope.SHOP],
        # {% else %}
        "scopes": [],
        # {% endif %}
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
    }


async def test_an_api_key_reads_the_profile_of_its_user(staff_client: AsyncClient) -> None:
    response = await staff_client.get("/auth/me")

    assert response.status_code == 200
    assert (response.json()["username"], response.json()["role"]) == ("staff", "staff")
    assert response.json()["scopes"] == sorted(Scope)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/auth/me", None),
        ("PATCH", "/auth/me", {"bio": "New"}),
        ("DELETE", "/auth/me", {"password": PASSWORD}),
        ("POST", "/auth/password", NEW),
    ],
)
async def test_an_anonymous_client_has_no_profile(
    client: AsyncClient,
    method: str,
    path: str,
    body: Any,
) -> None:
    response = await client.request(method, path, json=body)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/auth/me", {"bio": "New"}),
        ("DELETE", "/auth/me", {"password": PASSWORD}),
        ("POST", "/auth/password", NEW),
    ],
)
async def test_an_api_key_cannot_change_the_profile(
    client: AsyncClient,
    session: AsyncSession,
    method: str,
    path: str,
    body: Any,
) -> None:
    user = await add_user(session)
    session.add(api_key(user["id"], "the key of a script"))
    await session.commit()

    headers = {"X-API-Key": "the key of a script"}
    response = await client.request(method, path, json=body, headers=headers)

    stored = await session.get_one(User, user["id"], populate_existing=True)
    assert response.status_code == 403
    assert (stored.bio, stored.is_active) == (None, True)


async def test_a_change_writes_only_the_named_fields(app: FastAPI, session: AsyncSession) -> None:
    user = await add_user(session, full_name="Ada", bio="Old")

    async with member_client(app, session, user["id"]) as ada:
        before = await ada.get("/auth/me")
        response = await ada.patch("/auth/me", json={"bio": "New"})
        after = await ada.get("/auth/me")

    changed = {"bio": "New", "updated_at": after.json()["updated_at"]}
    assert response.status_code == 200
    assert response.json() == before.json() | changed == after.json()


@pytest.mark.parametrize(
    "field",
    ["role", "scopes", "id", "user_id", "username", "email", "is_active", "email_verified_at"],
)
async def test_a_user_cannot_change_protected_fields(
    app: FastAPI,
    session: AsyncSession,
    field: str,
) -> None:
    user = await add_user(session)

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.patch("/auth/me", json={"bio": "New", field: "staff"})

    credential = await session.get_one(UserCredential, user["id"], populate_existing=True)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
    assert credential.role == "member"


async def test_no_response_contains_a_password_hash(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    async with member_client(app, session, user["id"]) as ada:
        answers = [await ada.get("/auth/me"), await ada.patch("/auth/me", json={"bio": "New"})]
    document = await client.get("/openapi.json")

    assert "argon2" not in "".join(answer.text for answer in answers)
    assert "password_hash" not in document.text


async def test_closing_an_account_revokes_all_credentials(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    elsewhere = await add_session(session, app, user["id"])
    session.add(api_key(user["id"], "the key of a script"))
    await session.commit()

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})
        again = await ada.get("/auth/me")
    headers = [elsewhere, {"X-API-Key": "the key of a script"}]
    others = [await client.get("/auth/me", headers=one) for one in headers]
    await client.post("/auth/password/forgot", json={"email": user["email"]})

    stored = await session.get_one(User, user["id"], populate_existing=True)
    assert response.status_code == 204
    assert (stored.is_active, stored.deleted_at) == (False, None)
    assert [answer.status_code for answer in (again, *others)] == [401, 401, 401]
    assert mailbox.sent == []


async def test_reactivation_restores_no_credentials(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    elsewhere = await add_session(session, app, user["id"])
    session.add(api_key(user["id"], "the key of a script"))
    await session.commit()
    async with member_client(app, session, user["id"]) as ada:
        await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})

    stored = await session.get_one(User, user["id"], populate_existing=True)
    stored.is_active = True
    await session.commit()
    headers = [elsewhere, {"X-API-Key": "the key of a script"}]
    answers = [await client.get("/auth/me", headers=one) for one in headers]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_closing_an_account_needs_the_password(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    async with member_client(app, session, user["id"]) as ada:
        response = await ada.request("DELETE", "/auth/me", json={"password": "a wrong one"})

    stored = await session.get_one(User, user["id"], populate_existing=True)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "password"]
    assert stored.is_active


async def add_reset_token(session: AsyncSession, user_id: int) -> None:
    """Store a reset token of a user."""
    token = EmailToken(user_id=user_id, purpose=TokenPurpose.RESET, digest=digest_of(new_token()))
    token.expires_at = utc_now() + timedelta(hours=1)
    session.add(token)
    await session.commit()


async def email_state(session: AsyncSession, user_id: int) -> tuple[bool, int]:
    """Whether the email is verified, and the number of tokens that were sent to it."""
    credential = select(UserCredential.email_verified_at).where(UserCredential.user_id == user_id)
    tokens = select(EmailToken.id).where(EmailToken.user_id == user_id)
    verified_at = await session.scalar(credential)
    rows = await session.scalars(tokens)
    return verified_at is not None, len(rows.all())


@pytest.mark.parametrize("method", METHODS)
async def test_an_email_changed_by_staff_revokes_sessions_and_email_tokens(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    user, other = await add_user(session), await add_user(session)
    await add_reset_token(session, user["id"])
    await add_reset_token(session, other["id"])
    data = user_data(email="new@example.com")
    body = data if method == "PUT" else {"email": data["email"]}
    async with (
        member_client(app, session, user["id"]) as owner,
        member_client(app, session, other["id"]) as member,
    ):
        before = await owner.get("/auth/me")
        response = await staff_client.request(method, f"/users/{user['id']}", json=body)
        after = await owner.get("/auth/me")
        elsewhere = await member.get("/auth/me")

    assert response.json()["email"] == "new@example.com"
    assert [one.status_code for one in (before, after, elsewhere)] == [200, 401, 200]
    assert await email_state(session, user["id"]) == (False, 0)
    assert await email_state(session, other["id"]) == (True, 1)


async def test_other_changes_by_staff_revoke_nothing(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    await add_reset_token(session, user["id"])
    changes: list[dict[str, Any]] = [{"bio": "New"}, {"email": user["email"].upper()}]
    async with member_client(app, session, user["id"]) as owner:
        for change in changes:
            await staff_client.patch(f"/users/{user['id']}", json=change)
        response = await owner.get("/auth/me")

    assert response.status_code == 200
    assert await email_state(session, user["id"]) == (True, 1)


@pytest.mark.parametrize("way", WAYS)
async def test_deactivation_and_deletion_by_staff_revoke_access_at_once(
    app: FastAPI,
    staff_client: AsyncClient,
    session: AsyncSession,
    way: str,
) -> None:
    user = await add_user(session)
    path, bulk = f"/users/{user['id']}", {"ids": [user["id"]], "is_active": False}
    async with member_client(app, session, user["id"]) as owner:
        before = await owner.get("/auth/me")
        if way == "deleted":
            await staff_client.delete(path)
        elif way == "deactivated":
            await staff_client.patch(path, json={"is_active": False})
        else:
            await staff_client.patch("/users/bulk", json=bulk)
        after = await owner.get("/auth/me")
        back = await staff_client.patch(path, json={"is_active": True})
        again = await owner.get("/auth/me")

    assert [one.status_code for one in (before, after, again)] == [200, 401, 401]
    assert back.status_code == (404 if way == "deleted" else 200)


async def test_the_password_is_not_a_field_of_users(staff_client: AsyncClient) -> None:
    data = user_data(password="seven green boats on a lake")

    created = await staff_client.post("/users", json=data)
    changed = await staff_client.patch("/users/1", json={"password": data["password"]})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", "password"]]
# {% endcall %}
