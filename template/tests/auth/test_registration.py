# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Registration and verification: responses reveal nothing, mails tell the owner of the address."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import EmailToken, Role, TokenPurpose, User, UserCredential
from app.models.base import utc_now
from tests.auth.doubles import CountingHasher, Mailbox
from tests.auth.users import LOGIN, PASSWORD, add_user, login_body
from tests.factories import user_data

REGISTER = "/auth/register"
VERIFY = "/auth/verify"


def registration_data(**fields: Any) -> dict[str, Any]:
    return user_data(password=PASSWORD) | fields


async def test_a_new_user_cannot_log_in_before_verification(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    data = registration_data(full_name="Ada Lovelace")

    response = await client.post(REGISTER, json=data)
    early = await client.post(LOGIN, json=login_body(data["email"]))

    user = await session.scalar(select(User).where(User.email == data["email"]))
    assert user is not None
    credential = await session.get_one(UserCredential, user.id)
    assert (response.status_code, early.status_code) == (202, 401)
    assert (user.username, user.full_name, user.is_active) == (
        data["username"],
        "Ada Lovelace",
        True,
    )
    assert (credential.role, credential.email_verified_at) == (Role.MEMBER, None)
    assert mailbox.subjects(data["email"]) == ["confirm your email address"]


async def test_a_password_is_stored_as_argon2id_only(
    client: AsyncClient,
    mailbox: Mailbox,
    app: FastAPI,
    session: AsyncSession,
) -> None:
    data = registration_data()

    await client.post(REGISTER, json=data)

    credentials = select(UserCredential).join(User, User.id == UserCredential.user_id)
    credential = await session.scalar(credentials.where(User.email == data["email"]))
    assert credential is not None
    assert credential.password_hash.startswith("$argon2id$")
    matches = await app.state.passwords.verify_password(PASSWORD, credential.password_hash)
    assert matches
    assert PASSWORD not in "".join(mail.text for mail in mailbox.sent)


async def test_registration_does_not_reveal_which_emails_are_registered(
    client: AsyncClient,
    mailbox: Mailbox,
    hashes: CountingHasher,
    session: AsyncSession,
) -> None:
    known = await add_user(session)
    unverified = await add_user(session, email_verified_at=None)
    closed = await add_user(session, is_active=False)
    attempts = {
        "unknown": registration_data(),
        "known": registration_data(email=known["email"]),
        "in capitals": registration_data(email=known["email"].upper()),
        "not verified": registration_data(email=unverified["email"]),
        "closed": registration_data(email=closed["email"]),
        "username taken": registration_data(username=known["username"]),
    }
    answers: dict[str, Any] = {}
    for name, data in attempts.items():
        before = len(hashes.seen)
        response = await client.post(REGISTER, json=data)
        answers[name] = (response.status_code, response.text, len(hashes.seen) - before)

    assert set(answers.values()) == {(202, answers["unknown"][1], 1)}
    assert len(mailbox.sent) == len(attempts)


async def test_the_owner_of_a_registered_email_is_told_by_mail(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session, email_verified_at=None)
    before = await session.get_one(UserCredential, user["id"])
    hash_before = before.password_hash

    await client.post(REGISTER, json=registration_data(email=user["email"]))

    await session.refresh(before)
    assert mailbox.subjects(user["email"]) == ["you already have an account"]
    # A second registration cannot set the password of an account that waits for its owner.
    assert before.password_hash == hash_before


async def test_a_taken_username_is_told_by_mail(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    user = await add_user(session)
    data = registration_data(username=user["username"].upper())

    await client.post(REGISTER, json=data)

    stored = await session.scalar(
        select(func.count()).select_from(User).where(User.email == data["email"]),
    )
    assert mailbox.subjects(data["email"]) == ["choose another username"]
    assert mailbox.subjects(user["email"]) == []
    assert stored == 0


@pytest.mark.parametrize(
    "field",
    ["role", "is_active", "email_verified_at", "password_hash", "user_id", "id", "scopes"],
)
async def test_registration_accepts_no_other_fields(
    client: AsyncClient,
    mailbox: Mailbox,
    field: str,
) -> None:
    response = await client.post(REGISTER, json=registration_data(**{field: "staff"}))

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
    assert mailbox.sent == []


async def test_a_weak_password_is_refused_for_known_and_unknown_emails_alike(
    client: AsyncClient,
    mailbox: Mailbox,
    hashes: CountingHasher,
    session: AsyncSession,
) -> None:
    user = await add_user(session)

    answers = [
        await client.post(REGISTER, json=registration_data(email=email, password="short1"))
        for email in ("new@example.com", user["email"])
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text == answers[1].text
    assert (hashes.seen, mailbox.sent) == ([], [])


async def register(client: AsyncClient) -> str:
    """Register a user and return the email."""
    data = registration_data()
    response = await client.post(REGISTER, json=data)
    response.raise_for_status()
    return f"{data['email']}"


async def stored_tokens(session: AsyncSession) -> list[EmailToken]:
    rows = await session.scalars(select(EmailToken).order_by(EmailToken.id))
    return list(rows)


async def test_the_mailed_token_verifies_the_email(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    email = await register(client)
    stored = await stored_tokens(session)

    response = await client.post(VERIFY, json={"token": mailbox.token(email)})

    credential = await session.get_one(UserCredential, stored[0].user_id)
    assert response.status_code == 204
    assert credential.email_verified_at is not None


async def test_a_verification_token_works_once(client: AsyncClient, mailbox: Mailbox) -> None:
    email = await register(client)
    data = {"token": mailbox.token(email)}

    first = await client.post(VERIFY, json=data)
    second = await client.post(VERIFY, json=data)

    assert (first.status_code, second.status_code) == (204, 422)
    assert second.json()["errors"][0]["loc"] == ["body", "token"]


async def test_only_a_digest_of_the_verification_token_is_stored_for_a_day(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    email = await register(client)

    stored = await stored_tokens(session)

    lifetime = stored[0].expires_at - utc_now()
    assert [row.digest for row in stored] == [digest_of(mailbox.token(email))]
    assert stored[0].digest != mailbox.token(email)
    assert timedelta(hours=23) < lifetime <= timedelta(hours=24)


async def test_an_expired_verification_token_is_refused(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    email = await register(client)
    stored = await stored_tokens(session)
    stored[0].expires_at = utc_now()
    await session.commit()

    response = await client.post(VERIFY, json={"token": mailbox.token(email)})

    assert response.status_code == 422


async def test_a_token_works_for_its_purpose_only(
    client: AsyncClient,
    mailbox: Mailbox,
    session: AsyncSession,
) -> None:
    email = await register(client)
    stored = await stored_tokens(session)
    stored[0].purpose = TokenPurpose.RESET
    await session.commit()

    response = await client.post(VERIFY, json={"token": mailbox.token(email)})

    assert response.status_code == 422


async def test_a_new_verification_token_replaces_the_old_one(
    client: AsyncClient,
    mailbox: Mailbox,
) -> None:
    email = await register(client)
    old = mailbox.token(email)

    await client.post(f"{VERIFY}/request", json={"email": email.upper()})
    refused = await client.post(VERIFY, json={"token": old})
    taken = await client.post(VERIFY, json={"token": mailbox.token(email)})

    assert (refused.status_code, taken.status_code) == (422, 204)


async def test_resending_does_not_reveal_which_emails_are_registered(
    client: AsyncClient,
    mailbox: Mailbox,
    hashes: CountingHasher,
    session: AsyncSession,
) -> None:
    unverified = await add_user(session, email_verified_at=None)
    verified = await add_user(session)
    closed = await add_user(session, email_verified_at=None, is_active=False)
    emails = [unverified["email"], verified["email"], closed["email"], "unknown@example.com"]

    answers = [await client.post(f"{VERIFY}/request", json={"email": email}) for email in emails]

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert [mail.recipient for mail in mailbox.sent] == [unverified["email"]]
    assert hashes.seen == []


async def test_the_email_of_a_closed_account_cannot_be_verified(
    client: AsyncClient,
    session: AsyncSession,
) -> None:
    closed = await add_user(session, email_verified_at=None, is_active=False)
    token = EmailToken(
        user_id=closed["id"], purpose=TokenPurpose.VERIFY, digest=digest_of("mailed")
    )
    token.expires_at = utc_now() + timedelta(hours=1)
    session.add(token)
    await session.commit()

    response = await client.post(VERIFY, json={"token": "mailed"})

    assert response.status_code == 422


@pytest.mark.parametrize("token", ["", "unknown", "x" * 101, "nul\0", "blank blank", 5, None])
async def test_an_invalid_verification_token_is_refused(client: AsyncClient, token: object) -> None:
    response = await client.post(VERIFY, json={"token": token})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "token"]
# {% endcall %}
