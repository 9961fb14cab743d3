# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Who looks after users becomes none of them who may do more: not by an address for them."""

# {% if example == "shop" %}
import logging

# {% endif %}
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.scopes import Scope
from app.auth.tokens import digest_of
from app.models import ApiKey, Role, User
from tests.auth.people import add_person, signed_in
from tests.factories import user_data

KEY = "a key that looks after users"
NEW = "new@example.com"


@pytest.fixture
async def keeper(nobody: AsyncClient, session: AsyncSession) -> AsyncClient:
    """A client of a machine that may look after users, and do nothing else."""
    owner = await add_person(session, role=Role.STAFF)
    columns = {"name": "a machine", "prefix": "", "digest": digest_of(KEY)}
    session.add(ApiKey(user_id=owner["id"], scopes=[Scope.USERS.value], **columns))
    await session.commit()
    nobody.headers["X-API-Key"] = KEY
    return nobody


# {% if example == "shop" %}
async def email_of(session: AsyncSession, user_id: int) -> str:
    user = await session.get_one(User, user_id, populate_existing=True)
    return user.email


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_key_does_not_change_the_address_of_who_may_do_more(
    keeper: AsyncClient,
    session: AsyncSession,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    staff = await add_person(session, role=Role.STAFF)
    body = user_data(email=NEW) if method == "PUT" else {"email": NEW}

    with caplog.at_level(logging.INFO, "app.auth"):
        response = await keeper.request(method, f"/users/{staff['id']}", json=body)
    email = await email_of(session, staff["id"])

    assert response.status_code == 403
    assert response.json()["detail"].startswith("This user may do what you may not")
    assert email == staff["email"]
    assert [text for text in caplog.messages if f"to the address of user {staff['id']}" in text]


# {% endif %}
async def test_it_changes_anything_else(keeper: AsyncClient, session: AsyncSession) -> None:
    staff = await add_person(session, role=Role.STAFF)
    same = {"full_name": "New", "email": staff["email"]}

    response = await keeper.patch(f"/users/{staff['id']}", json=same)

    assert (response.status_code, response.json()["full_name"]) == (200, "New")


async def test_it_changes_the_address_of_who_has_no_account(
    keeper: AsyncClient,
    session: AsyncSession,
) -> None:
    user = User(**user_data())
    session.add(user)
    await session.commit()

    response = await keeper.patch(f"/users/{user.id}", json={"email": NEW})

    assert (response.status_code, response.json()["email"]) == (200, NEW)


async def test_staff_who_are_signed_in_change_it(app: FastAPI, session: AsyncSession) -> None:
    staff, other = [await add_person(session, role=Role.STAFF) for _ in range(2)]

    async with signed_in(app, session, staff["id"]) as client:
        response = await client.patch(f"/users/{other['id']}", json={"email": NEW})

    assert (response.status_code, response.json()["email"]) == (200, NEW)
# {% endcall %}
