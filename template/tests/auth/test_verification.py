# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Verification: a token proves that somebody reads the mail of an address."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import EmailToken, TokenPurpose, UserCredential
from app.models.base import utc_now
from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import PASSWORD, add_person
from tests.factories import user_data

PATH = "/auth/verify"


async def register(nobody: AsyncClient) -> str:
    """Register somebody and return the address."""
    data = user_data(password=PASSWORD)
    response = await nobody.post("/auth/register", json=data)
    response.raise_for_status()
    return f"{data['email']}"


async def stored_tokens(session: AsyncSession) -> list[EmailToken]:
    rows = await session.scalars(select(EmailToken).order_by(EmailToken.id))
    return list(rows)


async def test_the_token_of_the_mail_proves_the_address(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    email = await register(nobody)
    stored = await stored_tokens(session)

    response = await nobody.post(PATH, json={"token": letters.token(email)})

    account = await session.get_one(UserCredential, stored[0].user_id)
    assert response.status_code == 204
    assert account.email_verified_at is not None


async def test_a_token_is_good_for_once(nobody: AsyncClient, letters: Letters) -> None:
    email = await register(nobody)
    data = {"token": letters.token(email)}

    first = await nobody.post(PATH, json=data)
    second = await nobody.post(PATH, json=data)

    assert (first.status_code, second.status_code) == (204, 422)
    assert second.json()["errors"][0]["loc"] == ["body", "token"]


async def test_only_a_hash_of_the_token_is_stored_and_not_for_long(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    email = await register(nobody)

    stored = await stored_tokens(session)

    lifetime = stored[0].expires_at - utc_now()
    assert [row.digest for row in stored] == [digest_of(letters.token(email))]
    assert stored[0].digest != letters.token(email)
    assert timedelta(hours=23) < lifetime <= timedelta(hours=24)


async def test_a_token_that_has_ended_is_refused(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    email = await register(nobody)
    stored = await stored_tokens(session)
    stored[0].expires_at = utc_now()
    await session.commit()

    response = await nobody.post(PATH, json={"token": letters.token(email)})

    assert response.status_code == 422


async def test_a_token_is_good_for_its_purpose_only(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    email = await register(nobody)
    stored = await stored_tokens(session)
    stored[0].purpose = TokenPurpose.RESET
    await session.commit()

    response = await nobody.post(PATH, json={"token": letters.token(email)})

    assert response.status_code == 422


async def test_a_new_mail_makes_the_old_one_void(nobody: AsyncClient, letters: Letters) -> None:
    email = await register(nobody)
    old = letters.token(email)

    await nobody.post(f"{PATH}/request", json={"email": email.upper()})
    refused = await nobody.post(PATH, json={"token": old})
    taken = await nobody.post(PATH, json={"token": letters.token(email)})

    assert (refused.status_code, taken.status_code) == (422, 204)


async def test_who_asks_for_another_mail_learns_nothing(
    nobody: AsyncClient,
    letters: Letters,
    hashes: Counting,
    session: AsyncSession,
) -> None:
    unproved = await add_person(session, email_verified_at=None)
    proved = await add_person(session)
    closed = await add_person(session, email_verified_at=None, is_active=False)
    emails = [unproved["email"], proved["email"], closed["email"], "nobody@example.com"]

    answers = [await nobody.post(f"{PATH}/request", json={"email": email}) for email in emails]

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert [mail.recipient for mail in letters.sent] == [unproved["email"]]
    assert hashes.seen == []


async def test_nobody_proves_the_address_of_a_closed_account(
    nobody: AsyncClient,
    session: AsyncSession,
) -> None:
    closed = await add_person(session, email_verified_at=None, is_active=False)
    token = EmailToken(
        user_id=closed["id"], purpose=TokenPurpose.VERIFY, digest=digest_of("letter")
    )
    token.expires_at = utc_now() + timedelta(hours=1)
    session.add(token)
    await session.commit()

    response = await nobody.post(PATH, json={"token": "letter"})

    assert response.status_code == 422


@pytest.mark.parametrize("token", ["", "unknown", "x" * 101, "nul\0", "blank blank", 5, None])
async def test_any_other_token_is_refused(nobody: AsyncClient, token: object) -> None:
    response = await nobody.post(PATH, json={"token": token})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "token"]
# {% endcall %}
