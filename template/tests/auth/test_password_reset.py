# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Password reset: the reader of the mail sets a password, once and within an hour."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import ApiKey, EmailToken, Role, TokenPurpose, User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.doubles import CountingHasher, Mailbox
from tests.auth.users import ANOTHER_PASSWORD, PASSWORD, add_session, add_user
from tests.credentials import api_key
from tests.factories import user_data

FORGOT = "/auth/password/forgot"
RESET = "/auth/password/reset"


async def has_password(app: FastAPI, session: AsyncSession, user_id: int, password: str) -> bool:
    credential = await session.get_one(UserCredential, user_id, populate_existing=True)
    matches: bool = await app.state.passwords.verify_password(password, credential.password_hash)
    return matches


async def token_for(client: AsyncClient, mailbox: Mailbox, email: str) -> str:
    response = await client.post(FORGOT, json={"email": email})
    response.raise_for_status()
    return mailbox.token(email.lower())


async def test_the_mailed_token_sets_a_password_and_verifies_the_email(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session, email_verified_at=None)
    token = await token_for(client, mailbox, user["email"].upper())

    data = {"token": token, "password": ANOTHER_PASSWORD}
    response = await client.post(RESET, json=data)

    is_new = await has_password(app, session, user["id"], ANOTHER_PASSWORD)
    credential = await session.get_one(UserCredential, user["id"])
    assert response.status_code == 204
    assert is_new
    assert credential.email_verified_at is not None
    assert mailbox.subjects(user["email"])[1:] == ["your password was changed"]


async def test_a_user_without_credentials_gets_a_first_password(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = User(**user_data())
    session.add(user)
    await session.commit()
    token = await token_for(client, mailbox, user.email)

    response = await client.post(RESET, json={"token": token, "password": PASSWORD})

    is_set = await has_password(app, session, user.id, PASSWORD)
    credential = await session.get_one(UserCredential, user.id)
    assert response.status_code == 204
    assert is_set
    assert credential.role == Role.MEMBER
    assert credential.email_verified_at is not None


async def test_a_reset_token_works_once(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    token = await token_for(client, mailbox, user["email"])

    first = await client.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})
    second = await client.post(RESET, json={"token": token, "password": PASSWORD})

    is_first = await has_password(app, session, user["id"], ANOTHER_PASSWORD)
    assert (first.status_code, second.status_code) == (204, 422)
    assert second.json()["errors"][0]["loc"] == ["body", "token"]
    assert is_first


async def test_a_new_reset_token_replaces_the_old_one(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    old = await token_for(client, mailbox, user["email"])
    new = await token_for(client, mailbox, user["email"])

    refused = await client.post(RESET, json={"token": old, "password": ANOTHER_PASSWORD})
    taken = await client.post(RESET, json={"token": new, "password": ANOTHER_PASSWORD})

    assert (refused.status_code, taken.status_code) == (422, 204)


async def test_only_a_digest_of_the_reset_token_is_stored_for_an_hour(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    token = await token_for(client, mailbox, user["email"])

    rows = await session.scalars(select(EmailToken))
    stored = rows.one()

    lifetime = stored.expires_at - utc_now()
    assert (stored.digest, stored.purpose) == (digest_of(token), TokenPurpose.RESET)
    assert stored.digest != token
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


@pytest.mark.parametrize("reason", ["expired", "for another purpose", "of a closed account"])
async def test_an_invalid_reset_token_is_refused(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
    reason: str,
) -> None:
    user = await add_user(session)
    token = await token_for(client, mailbox, user["email"])
    rows = await session.scalars(select(EmailToken))
    stored = rows.one()
    row = await session.get_one(User, user["id"])
    if reason == "expired":
        stored.expires_at = utc_now()
    elif reason == "for another purpose":
        stored.purpose = TokenPurpose.VERIFY
    else:
        row.is_active = False
    await session.commit()

    response = await client.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "token"]


async def test_a_reset_request_does_not_reveal_which_emails_are_registered(
    client: AsyncClient,
    mailbox: Mailbox,
    hashes: CountingHasher,
    session: AsyncSession,
) -> None:
    known = await add_user(session)
    closed = await add_user(session, is_active=False)
    deleted = await add_user(session, deleted_at=utc_now())
    emails = [known["email"], closed["email"], deleted["email"], "unknown@example.com"]

    answers = [await client.post(FORGOT, json={"email": email}) for email in emails]

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert [mail.recipient for mail in mailbox.sent] == [known["email"]]
    assert hashes.seen == []


async def test_a_reset_revokes_all_sessions_and_api_keys(
    app: FastAPI,
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    other = await add_user(session)
    headers = [await add_session(session, app, one["id"]) for one in (user, user, other)]
    session.add(api_key(user["id"], "the key of an attacker"))
    await session.commit()
    headers.append({"X-API-Key": "the key of an attacker"})
    before = [await client.get("/auth/me", headers=one) for one in headers]
    token = await token_for(client, mailbox, user["email"])

    await client.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    after = [await client.get("/auth/me", headers=one) for one in headers]
    owners = await session.scalars(select(UserSession.user_id))
    keys = await session.scalars(select(ApiKey.user_id).where(ApiKey.user_id == user["id"]))
    assert [response.status_code for response in before] == [200] * 4
    assert [response.status_code for response in after] == [401, 401, 200, 401]
    assert (owners.all(), keys.all()) == ([other["id"]], [])


async def test_a_weak_password_is_refused_and_the_token_stays_valid(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session, username="bartholomew")
    token = await token_for(client, mailbox, user["email"])

    weak = await client.post(RESET, json={"token": token, "password": "Bartholomew1815!"})
    good = await client.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    assert weak.status_code == 422
    assert weak.json()["errors"][0]["loc"] == ["body", "password"]
    assert good.status_code == 204


@pytest.mark.parametrize("field", ["role", "user_id", "email"])
async def test_a_reset_accepts_no_other_fields(client: AsyncClient, field: str) -> None:
    data = {"token": "unknown", "password": PASSWORD, field: "staff"}

    response = await client.post(RESET, json=data)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
# {% endcall %}
