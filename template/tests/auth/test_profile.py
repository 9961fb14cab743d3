# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""One's own account: read, changed and closed by its owner, and by no machine."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.models import User, UserCredential
from tests.auth.letters import Letters
from tests.auth.people import PASSWORD, add_person, signed_in
from tests.auth.user_sessions import add_session
from tests.staff import api_key

NEW = {"current_password": PASSWORD, "new_password": "three loud owls in a barn"}


async def test_somebody_who_is_signed_in_reads_the_own_account(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session, full_name="Ada Lovelace")

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.get("/auth/me")

    found = response.json()
    assert response.status_code == 200
    assert found == person | {
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


async def test_a_machine_reads_for_whom_it_acts(client: AsyncClient) -> None:
    response = await client.get("/auth/me")

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
async def test_nobody_has_no_account(
    nobody: AsyncClient,
    method: str,
    path: str,
    body: Any,
) -> None:
    response = await nobody.request(method, path, json=body)

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/auth/me", {"bio": "New"}),
        ("DELETE", "/auth/me", {"password": PASSWORD}),
        ("POST", "/auth/password", NEW),
    ],
)
async def test_a_machine_changes_nothing(
    nobody: AsyncClient,
    session: AsyncSession,
    method: str,
    path: str,
    body: Any,
) -> None:
    person = await add_person(session)
    session.add(api_key(person["id"], "a machine's"))
    await session.commit()

    headers = {"X-API-Key": "a machine's"}
    response = await nobody.request(method, path, json=body, headers=headers)

    user = await session.get_one(User, person["id"], populate_existing=True)
    assert response.status_code == 403
    assert (user.bio, user.is_active) == (None, True)


async def test_a_change_writes_what_it_names(app: FastAPI, session: AsyncSession) -> None:
    person = await add_person(session, full_name="Ada", bio="Old")

    async with signed_in(app, session, person["id"]) as ada:
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
async def test_nobody_gives_themselves_more(
    app: FastAPI,
    session: AsyncSession,
    field: str,
) -> None:
    person = await add_person(session)

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.patch("/auth/me", json={"bio": "New", field: "staff"})

    account = await session.get_one(UserCredential, person["id"], populate_existing=True)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
    assert account.role == "member"


async def test_no_answer_holds_the_hash_of_a_password(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    async with signed_in(app, session, person["id"]) as ada:
        answers = [await ada.get("/auth/me"), await ada.patch("/auth/me", json={"bio": "New"})]
    document = await client.get("/openapi.json")

    assert "argon2" not in "".join(answer.text for answer in answers)
    assert "password_hash" not in document.text


async def test_a_closed_account_lets_nobody_in_any_more(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    elsewhere = await add_session(session, app, person["id"])
    session.add(api_key(person["id"], "a machine's"))
    await session.commit()

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})
        again = await ada.get("/auth/me")
    proofs = [elsewhere, {"X-API-Key": "a machine's"}]
    others = [await nobody.get("/auth/me", headers=proof) for proof in proofs]
    await nobody.post("/auth/password/forgot", json={"email": person["email"]})

    user = await session.get_one(User, person["id"], populate_existing=True)
    assert response.status_code == 204
    assert (user.is_active, user.deleted_at) == (False, None)
    assert [answer.status_code for answer in (again, *others)] == [401, 401, 401]
    assert letters.sent == []


async def test_what_let_in_before_an_account_was_closed_never_does_again(
    app: FastAPI,
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    elsewhere = await add_session(session, app, person["id"])
    session.add(api_key(person["id"], "a machine's"))
    await session.commit()
    async with signed_in(app, session, person["id"]) as ada:
        await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})

    user = await session.get_one(User, person["id"], populate_existing=True)
    user.is_active = True
    await session.commit()
    proofs = [elsewhere, {"X-API-Key": "a machine's"}]
    answers = [await nobody.get("/auth/me", headers=proof) for proof in proofs]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_an_account_is_closed_by_its_password_only(
    app: FastAPI,
    session: AsyncSession,
) -> None:
    person = await add_person(session)

    async with signed_in(app, session, person["id"]) as ada:
        response = await ada.request("DELETE", "/auth/me", json={"password": "a wrong one"})

    user = await session.get_one(User, person["id"], populate_existing=True)
    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "password"]
    assert user.is_active
# {% endcall %}
