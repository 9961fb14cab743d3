# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Recovery: who reads the mail of a user may set the password, once, and soon."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.tokens import digest_of
from app.models import ApiKey, EmailToken, Role, TokenPurpose, User, UserCredential, UserSession
from app.models.base import utc_now
from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import ANOTHER_PASSWORD, PASSWORD, add_person
from tests.auth.user_sessions import add_session
from tests.factories import user_data
from tests.staff import api_key

FORGOT = "/auth/password/forgot"
RESET = "/auth/password/reset"


async def has_password(app: FastAPI, session: AsyncSession, user_id: int, password: str) -> bool:
    account = await session.get_one(UserCredential, user_id, populate_existing=True)
    matches: bool = await app.state.passwords.verify(password, account.password_hash)
    return matches


async def token_for(nobody: AsyncClient, letters: Letters, email: str) -> str:
    response = await nobody.post(FORGOT, json={"email": email})
    response.raise_for_status()
    return letters.token(email.lower())


async def test_the_token_of_the_mail_sets_a_password_and_proves_the_address(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session, email_verified_at=None)
    token = await token_for(nobody, letters, person["email"].upper())

    data = {"token": token, "password": ANOTHER_PASSWORD}
    response = await nobody.post(RESET, json=data)

    is_new = await has_password(app, session, person["id"], ANOTHER_PASSWORD)
    account = await session.get_one(UserCredential, person["id"])
    assert response.status_code == 204
    assert is_new
    assert account.email_verified_at is not None
    assert letters.subjects(person["email"])[1:] == ["your password was changed"]


async def test_a_user_from_before_there_were_accounts_gets_one(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    user = User(**user_data())
    session.add(user)
    await session.commit()
    token = await token_for(nobody, letters, user.email)

    response = await nobody.post(RESET, json={"token": token, "password": PASSWORD})

    is_set = await has_password(app, session, user.id, PASSWORD)
    account = await session.get_one(UserCredential, user.id)
    assert response.status_code == 204
    assert is_set
    assert account.role == Role.MEMBER
    assert account.email_verified_at is not None


async def test_a_token_is_good_for_once(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    token = await token_for(nobody, letters, person["email"])

    first = await nobody.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})
    second = await nobody.post(RESET, json={"token": token, "password": PASSWORD})

    is_first = await has_password(app, session, person["id"], ANOTHER_PASSWORD)
    assert (first.status_code, second.status_code) == (204, 422)
    assert second.json()["errors"][0]["loc"] == ["body", "token"]
    assert is_first


async def test_a_new_mail_makes_the_old_one_void(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    old = await token_for(nobody, letters, person["email"])
    new = await token_for(nobody, letters, person["email"])

    refused = await nobody.post(RESET, json={"token": old, "password": ANOTHER_PASSWORD})
    taken = await nobody.post(RESET, json={"token": new, "password": ANOTHER_PASSWORD})

    assert (refused.status_code, taken.status_code) == (422, 204)


async def test_only_a_hash_of_the_token_is_stored_and_for_an_hour(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    token = await token_for(nobody, letters, person["email"])

    rows = await session.scalars(select(EmailToken))
    stored = rows.one()

    lifetime = stored.expires_at - utc_now()
    assert (stored.digest, stored.purpose) == (digest_of(token), TokenPurpose.RESET)
    assert stored.digest != token
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


@pytest.mark.parametrize("reason", ["ended", "for another purpose", "of a closed account"])
async def test_a_token_that_is_not_good_any_more_is_refused(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
    reason: str,
) -> None:
    person = await add_person(session)
    token = await token_for(nobody, letters, person["email"])
    rows = await session.scalars(select(EmailToken))
    stored = rows.one()
    user = await session.get_one(User, person["id"])
    if reason == "ended":
        stored.expires_at = utc_now()
    elif reason == "for another purpose":
        stored.purpose = TokenPurpose.VERIFY
    else:
        user.is_active = False
    await session.commit()

    response = await nobody.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "token"]


async def test_who_forgot_learns_nothing_about_others(
    nobody: AsyncClient,
    letters: Letters,
    hashes: Counting,
    session: AsyncSession,
) -> None:
    known = await add_person(session)
    closed = await add_person(session, is_active=False)
    deleted = await add_person(session, deleted_at=utc_now())
    emails = [known["email"], closed["email"], deleted["email"], "nobody@example.com"]

    answers = [await nobody.post(FORGOT, json={"email": email}) for email in emails]

    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert [mail.recipient for mail in letters.sent] == [known["email"]]
    assert hashes.seen == []


async def test_everything_that_was_issued_before_ends(
    app: FastAPI,
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session)
    other = await add_person(session)
    headers = [await add_session(session, app, one["id"]) for one in (person, person, other)]
    session.add(api_key(person["id"], "the key of a thief"))
    await session.commit()
    headers.append({"X-API-Key": "the key of a thief"})
    before = [await nobody.get("/auth/me", headers=proof) for proof in headers]
    token = await token_for(nobody, letters, person["email"])

    await nobody.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    after = [await nobody.get("/auth/me", headers=proof) for proof in headers]
    owners = await session.scalars(select(UserSession.user_id))
    keys = await session.scalars(select(ApiKey.user_id).where(ApiKey.user_id == person["id"]))
    assert [response.status_code for response in before] == [200] * 4
    assert [response.status_code for response in after] == [401, 401, 200, 401]
    assert (owners.all(), keys.all()) == ([other["id"]], [])


async def test_a_password_that_is_easy_to_guess_is_refused_and_the_token_stays_good(
    nobody: AsyncClient,
    letters: Letters,
    session: AsyncSession,
) -> None:
    person = await add_person(session, username="bartholomew")
    token = await token_for(nobody, letters, person["email"])

    weak = await nobody.post(RESET, json={"token": token, "password": "Bartholomew1815!"})
    good = await nobody.post(RESET, json={"token": token, "password": ANOTHER_PASSWORD})

    assert weak.status_code == 422
    assert weak.json()["errors"][0]["loc"] == ["body", "password"]
    assert good.status_code == 204


@pytest.mark.parametrize("field", ["role", "user_id", "email"])
async def test_a_reset_decides_nothing_else(nobody: AsyncClient, field: str) -> None:
    data = {"token": "unknown", "password": PASSWORD, field: "staff"}

    response = await nobody.post(RESET, json=data)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", field]
# {% endcall %}
