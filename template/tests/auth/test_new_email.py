# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""A new e-mail address is unproved, and what the old one has opened is closed."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of, new_token
from app.models import EmailToken, TokenPurpose, UserCredential
from app.models.base import utc_now
from tests.auth.people import add_person, signed_in
from tests.factories import user_data


async def add_reset(session: AsyncSession, user_id: int) -> None:
    """Store a token that was sent to a user's address."""
    token = EmailToken(user_id=user_id, purpose=TokenPurpose.RESET, digest=digest_of(new_token()))
    token.expires_at = utc_now() + timedelta(hours=1)
    session.add(token)
    await session.commit()


async def proofs(session: AsyncSession, user_id: int) -> tuple[bool, int]:
    """Tell whether the address is proved, and how many tokens could still be used."""
    account = select(UserCredential.email_verified_at).where(UserCredential.user_id == user_id)
    tokens = select(EmailToken.id).where(EmailToken.user_id == user_id)
    verified_at = await session.scalar(account)
    rows = await session.scalars(tokens)
    return verified_at is not None, len(rows.all())


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_staff_who_change_an_address_end_what_the_old_one_opened(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    method: str,
) -> None:
    person, other = await add_person(session), await add_person(session)
    await add_reset(session, person["id"])
    await add_reset(session, other["id"])
    data = user_data(email="new@example.com")
    body = data if method == "PUT" else {"email": data["email"]}
    async with (
        signed_in(app, session, person["id"]) as owner,
        signed_in(app, session, other["id"]) as bystander,
    ):
        before = await owner.get("/orders")
        response = await client.request(method, f"/users/{person['id']}", json=body)
        after = await owner.get("/orders")
        elsewhere = await bystander.get("/orders")

    assert response.json()["email"] == "new@example.com"
    assert [one.status_code for one in (before, after, elsewhere)] == [200, 401, 200]
    assert await proofs(session, person["id"]) == (False, 0)
    assert await proofs(session, other["id"]) == (True, 1)


async def test_any_other_change_ends_nothing(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    await add_reset(session, person["id"])
    changes: list[dict[str, Any]] = [{"bio": "New"}, {"email": person["email"].upper()}]
    async with signed_in(app, session, person["id"]) as owner:
        for change in changes:
            await client.patch(f"/users/{person['id']}", json=change)
        response = await owner.get("/orders")

    assert response.status_code == 200
    assert await proofs(session, person["id"]) == (True, 1)


@pytest.mark.parametrize("way", ["deactivated", "deactivated with others", "deleted"])
async def test_who_is_deactivated_or_deleted_is_out_at_once(
    app: FastAPI,
    client: AsyncClient,
    session: AsyncSession,
    way: str,
) -> None:
    person = await add_person(session)
    path, bulk = f"/users/{person['id']}", {"ids": [person["id"]], "is_active": False}
    async with signed_in(app, session, person["id"]) as owner:
        before = await owner.get("/orders")
        if way == "deleted":
            await client.delete(path)
        elif way == "deactivated":
            await client.patch(path, json={"is_active": False})
        else:
            await client.patch("/users/bulk", json=bulk)
        after = await owner.get("/orders")
        back = await client.patch(path, json={"is_active": True})
        again = await owner.get("/orders")

    assert [one.status_code for one in (before, after, again)] == [200, 401, 401]
    assert back.status_code == (404 if way == "deleted" else 200)


async def test_a_password_is_no_field_of_a_user(client: AsyncClient) -> None:
    data = user_data(password="seven green boats on a lake")

    created = await client.post("/users", json=data)
    changed = await client.patch("/users/1", json={"password": data["password"]})

    for response in (created, changed):
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["errors"]] == [["body", "password"]]
# {% endcall %}
